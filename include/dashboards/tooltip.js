/** Vega's tooltips as text in the page's own style: names and values from the store never become markup. */

import { make } from "./page.js";

const DISTANCE = 14;
// What Vega makes of a value that is not there, such as "€NaN".
const NO_VALUE = /^(null|undefined|\S*\s?NaN\s?\S*)?$/;
let box = null;

/** A tooltip handler as https://vega.github.io/vega/docs/api/view/#view_tooltip wants it. */
export function showTooltip(handler, event, item, value) {
  box ??= document.body.appendChild(make("div", { className: "tooltip", ariaHidden: "true", hidden: true }));
  if (value === null || value === undefined || value === "") {
    box.hidden = true;
    return;
  }
  box.replaceChildren(...linesOf(value));
  box.hidden = false;
  place(event.clientX, event.clientY);
}

function linesOf(value) {
  if (typeof value !== "object") return [make("p", { textContent: String(value) })];
  const [[, title], ...rest] = Object.entries(value);
  const pairs = rest
    .filter(([, text]) => text !== null && text !== undefined && !NO_VALUE.test(text))
    .flatMap(([name, text]) => [
      make("dt", { textContent: name }),
      make("dd", { textContent: String(text) }),
    ]);
  return [make("p", { textContent: String(title) }), make("dl", {}, ...pairs)];
}

function place(x, y) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = x + DISTANCE + width > innerWidth ? x - DISTANCE - width : x + DISTANCE;
  const top = y + DISTANCE + height > innerHeight ? y - DISTANCE - height : y + DISTANCE;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${Math.max(4, top)}px`;
}
