/** What happens to the page as a whole: parts tell it, parts listen. Kinds: "view", "data", "theme". */

const events = new EventTarget();

export function changed(kind) {
  events.dispatchEvent(new Event(kind));
}

export function whenChanged(kinds, listener) {
  for (const kind of kinds) events.addEventListener(kind, listener);
}

/** An element with its properties, attributes (in `attributes`) and children; text is always text, never markup. */
export function make(tag, properties = {}, ...children) {
  const { attributes = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A heading whose definition shows on hover and focus: `{head, definition, row}`, of which the row is to be shown. */
export function headingWithDefinition(id) {
  const head = make("h2", { id });
  const definition = make("p", { id: `${id}-definition`, className: "definition", role: "tooltip" });
  const info = make("button", {
    type: "button",
    className: "info",
    textContent: "i",
    attributes: { "aria-label": "Definition", "aria-describedby": definition.id },
  });
  return { head, definition, row: make("div", { className: "named" }, head, info, definition) };
}

/** A message in place of what cannot be shown. */
export function note(text) {
  return make("p", { className: "note", textContent: text });
}

/** A shape of an SVG picture. */
export function shape(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Runs `work` for the latest call only: what an earlier, slower one brings is dropped. */
export function latest(work) {
  let newest = 0;
  return async (...given) => {
    const mine = ++newest;
    const apply = await work(...given);
    if (mine === newest) apply?.();
  };
}
