/** <chart-card> and <data-table>: a chart or a table with its title, definition, scope and menu.

<chart-card chart="sales_over_time"></chart-card> needs no more; report, dimension, top, heading and definition may say
otherwise than the chart's file. <data-table report="…" columns="a b c" heading="…" definition="…" bar="b"></data-table>
is the same without a picture. */

import { clear, draw, picture, specOf } from "./chart.js";
import { rowsFor } from "./data.js";
import { headingWithDefinition, latest, make, note, whenChanged } from "./page.js";
import { show } from "./state.js";
import { csv, known, save, table } from "./table.js";

let cards = 0;

class Card extends HTMLElement {
  connectedCallback() {
    const id = `card-${++cards}`;
    const { head, definition, row } = headingWithDefinition(id);
    Object.assign(this, { head, definition });
    this.scope = make("p", { className: "scope" });
    this.body = make("div", { className: "body", attributes: { "aria-busy": "true" } });
    this.menu = menu(() => (this.rows?.length ? this.choices() : []));
    const header = make("header", {}, row, this.scope, this.menu);
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.replaceChildren(header, this.body);
    this.refresh = latest(() => this.load());
    this.name(this.getAttribute("heading") ?? "", this.getAttribute("definition") ?? "");
    whenChanged(this.reacts, () => this.refresh());
    this.refresh();
  }

  name(heading, definition) {
    this.heading = heading;
    this.head.textContent = heading;
    this.definition.textContent = definition;
  }

  /** What the report is asked for beside dates and filters. */
  parameters(given = {}) {
    return { ...given, ...attributes(this, { dimension: "dimension", top: "top_n" }) };
  }

  /** Fetch, then return how to show it. */
  async load() {
    const shown = await this.fetched().catch((error) => ({ error }));
    return async () => {
      try {
        await this.show(shown);
      } catch (error) {
        this.fill(note(error.message));
      }
      this.body.removeAttribute("aria-busy");
    };
  }

  async show({ error, rows, scope, spec }) {
    this.menu.hidden = !rows?.length;
    if (error) throw error;
    const own = this.getAttribute("scope") ?? spec?.usermeta?.scope;
    this.scope.textContent = scope.map((told) => (told === "All time" && own ? own : told)).join(" · ");
    this.rows = rows;
    if (rows.length > 0) return this.paint(rows, spec);
    const empty = this.getAttribute("empty") ?? spec?.usermeta?.empty;
    this.fill(note(empty ?? "Nothing in these dates. Choose a longer range."));
  }

  fill(...children) {
    clear(this.body);
    this.body.append(...children);
  }

  choices() {
    return [["Save as CSV", () => this.saved("csv", csv(this.rows, Object.keys(this.rows[0])))]];
  }

  saved(ending, content) {
    save(`${this.heading.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}.${ending}`, content);
  }
}

class ChartCard extends Card {
  reacts = ["view", "data", "theme"];
  isTable = false;

  async fetched() {
    this.spec = await specOf(this.getAttribute("chart"));
    const { title, description, usermeta, data } = this.spec;
    const clicked = usermeta?.chooses ? ` A click filters by the ${usermeta.chooses.filter}.` : "";
    this.name(this.getAttribute("heading") ?? title, (this.getAttribute("definition") ?? description) + clicked);
    const report = this.getAttribute("report") ?? data.name;
    const leastDays = usermeta?.is_all_time ? Infinity : usermeta?.least_days;
    const found = await rowsFor(report, this.parameters(usermeta?.parameters), leastDays);
    return { ...found, rows: drawable(found.rows, usermeta?.needs), spec: this.spec };
  }

  async paint(rows, spec) {
    if (this.isTable) {
      const columns = Object.keys(rows[0]).filter((column) => !/^previous_|^is_open$/.test(column));
      this.fill(table(rows, known(rows, spec.usermeta?.columns ?? columns), this.heading));
      return;
    }
    const label = `${this.heading}. ${this.definition.textContent} The menu shows it as a table.`;
    const drawn = await draw(this.body, spec, rows, label);
    const chosen = spec.usermeta?.chooses;
    if (chosen) drawn?.view.addEventListener("click", (event, item) => choose(chosen, item?.datum));
  }

  turn() {
    this.isTable = !this.isTable;
    this.paint(this.rows, this.spec);
  }

  choices() {
    return [
      [this.isTable ? "Show as chart" : "Show as table", () => this.turn()],
      ...super.choices(),
      ["Save as PNG", async () => this.saved("png", await picture(this.spec, this.rows, this.heading))],
    ];
  }
}

class DataTable extends Card {
  reacts = ["view", "data"];

  fetched() {
    return rowsFor(this.getAttribute("report"), this.parameters());
  }

  paint(rows) {
    const columns = this.getAttribute("columns")?.split(" ") ?? Object.keys(rows[0]);
    this.fill(table(rows, known(rows, columns), this.heading, { bar: this.getAttribute("bar") }));
  }
}

/** A button that opens a list of `[text, action]`, which is made as it opens: a key that follows at once finds it. */
function menu(choices) {
  const list = make("div", { className: "choices" });
  const opener = make("summary", { textContent: "⋯", ariaLabel: "Table and downloads" });
  const menu = make("details", { className: "menu" }, opener, list);
  const close = () => menu.removeAttribute("open");
  opener.addEventListener("click", () => {
    if (menu.open) return;
    const buttons = choices().map(([text, action]) =>
      make("button", { type: "button", textContent: text, onclick: () => (close(), action()) }),
    );
    list.replaceChildren(...buttons);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    opener.focus();
  });
  menu.addEventListener("focusout", (event) => !menu.contains(event.relatedTarget) && close());
  return menu;
}

/** The rows, unless none has a value but 0 in any of the columns that the picture cannot do without. */
function drawable(rows, needs) {
  return !needs || rows.some((row) => needs.some((column) => row[column])) ? rows : [];
}

function attributes(element, names) {
  return Object.fromEntries(
    Object.entries(names).flatMap(([attribute, name]) =>
      element.hasAttribute(attribute) ? [[name, element.getAttribute(attribute)]] : [],
    ),
  );
}

/** A click on a mark sets a filter to what the mark is of. */
function choose({ filter, field }, datum) {
  const value = datum?.[field];
  if (value !== undefined && value !== null) show({ [filter]: value });
}

customElements.define("chart-card", ChartCard);
customElements.define("data-table", DataTable);
