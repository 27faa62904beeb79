/** <key-figure name="net_sales" trend="net_sales">: a figure, its change against the time before, and its course. */

import { headlines, rowsFor, shopAndReports } from "./data.js";
import { kindOf, money, number, percent, told } from "./format.js";
import { headingWithDefinition, latest, make, shape, whenChanged } from "./page.js";
import { change } from "./table.js";

// Of these, less is better; of those, neither.
const LESS_IS_BETTER = new Set([
  "total_discounts",
  "total_returns",
  "total_outstanding",
  "average_processing_days",
  "refund_rate_percent",
  "cancellation_rate_percent",
]);
const NEITHER = new Set(["total_tax", "total_shipping", "total_duties"]);
// From here on an amount is shown in short; the whole of it on hover.
const LARGE = 10_000_000;
const [WIDTH, HEIGHT] = [100, 32];

let figures = 0;

class KeyFigure extends HTMLElement {
  connectedCallback() {
    const id = `figure-${++figures}`;
    this.key = this.getAttribute("name");
    const { head, definition, row } = headingWithDefinition(id);
    Object.assign(this, { head, definition });
    this.value = make("p", { className: "value", textContent: "–" });
    this.change = make("p", { className: "against" });
    this.course = make("div", { className: "course", ariaHidden: "true" });
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", id);
    this.replaceChildren(row, this.value, this.change, this.course);
    const refresh = latest(() => this.load());
    whenChanged(["view", "data"], refresh);
    refresh();
  }

  async load() {
    const trend = this.getAttribute("trend");
    try {
      const { figures } = await shopAndReports();
      this.name(figures.find(({ key }) => key === this.key));
      const [{ now, then }, course] = await Promise.all([headlines(), trend ? rowsFor("over_time") : null]);
      return () => {
        this.value.textContent = valueOf(now[this.key], this.key);
        this.value.title = told(now[this.key], this.key);
        this.change.replaceChildren(...changeOf(this.key, now[this.key], then?.[this.key]));
        this.course.replaceChildren(
          ...(trend ? [sparkline(course.rows.filter((row) => !row.is_open).map((row) => row[trend]))] : []),
        );
      };
    } catch {
      // The notice of the page says why.
      return () => (this.value.textContent = "–");
    }
  }

  name({ name, meaning }) {
    this.head.textContent = name.replace(/, (%|days)$/, "");
    this.definition.textContent = meaning;
  }
}

function valueOf(value, key) {
  if (value === null || value === undefined) return "–";
  if (kindOf(key) === "money" && Math.abs(value) >= LARGE) return money(value, true);
  if (key.endsWith("_days")) return `${number(value, { maximumFractionDigits: 1 })} d`;
  return told(value, key);
}

function changeOf(key, now, then) {
  if (now === null || now === undefined || then === null || then === undefined) return [];
  const before = make("span", { className: "before", textContent: `before ${valueOf(then, key)}` });
  if (then <= 0) return [before];
  const isPoints = kindOf(key) === "percent";
  return [
    isPoints ? points(now - then, key) : change((100 * (now - then)) / then, isGood(key, now - then)),
    before,
  ];
}

/** Two percentages differ by points. */
function points(difference, key) {
  const told = change(difference, isGood(key, difference));
  told.textContent = told.textContent.replace(
    percent(Math.abs(difference)),
    `${number(Math.abs(difference), { maximumFractionDigits: 1 })} pt`,
  );
  return told;
}

function isGood(key, difference) {
  return NEITHER.has(key) ? null : LESS_IS_BETTER.has(key) ? difference < 0 : difference > 0;
}

function sparkline(values) {
  const known = values.map((value, place) => [place, value]).filter(([, value]) => typeof value === "number");
  const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  if (known.length < 2) return picture;
  const highest = Math.max(...known.map(([, value]) => value));
  const lowest = Math.min(0, ...known.map(([, value]) => value));
  const x = (place) => (WIDTH * place) / (values.length - 1);
  const y = (value) => HEIGHT - 2 - ((HEIGHT - 4) * (value - lowest)) / (highest - lowest || 1);
  const line = known
    .map(([place, value], nth) => `${nth ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
  const [first, last] = [known[0][0], known.at(-1)[0]];
  picture.append(
    shape("path", { class: "area", d: `${line}L${x(last)} ${HEIGHT}L${x(first)} ${HEIGHT}Z` }),
    shape("path", { class: "line", d: line }),
  );
  return picture;
}

customElements.define("key-figure", KeyFigure);
