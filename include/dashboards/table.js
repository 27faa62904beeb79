/** Rows as a table for people, and as a CSV file. */

import { kindOf, label, percent, told, withMoments } from "./format.js";
import { make } from "./page.js";

const NUMBERS = new Set(["money", "percent", "decimal", "span"]);
// Columns whose numbers are of the figure that the row names.
const OF_METRIC = new Set(["this_period", "previous_period", "target"]);
const SENTENCES = new Set(["reason", "warnings", "detail"]);

/** A table of the columns, the first of which names the rows, in a part of the page that scrolls.

@param bar a column whose numbers are drawn as bars, too.
@param links by column, a function of the row that gives an address, or nothing. */
export function table(rows, columns, caption, { bar = null, links = {} } = {}) {
  const largest = bar ? Math.max(...rows.map((row) => Math.abs(row[bar] ?? 0)), 0) : 0;
  const heads = columns.map((column) =>
    make("th", {
      scope: "col",
      textContent: label(column),
      className: isNumber(rows, column) ? "number" : "",
    }),
  );
  const lines = rows.map((row) =>
    make(
      "tr",
      {},
      ...columns.map((column, place) =>
        cell(row, column, {
          isFirst: place === 0,
          isNumeric: isNumber(rows, column),
          bar,
          largest,
          link: links[column]?.(row),
        }),
      ),
    ),
  );
  const whole = make(
    "table",
    {},
    make("caption", { textContent: caption, className: "unseen" }),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...lines),
  );
  const region = { className: "scrolled", tabIndex: 0, role: "region", ariaLabel: `${caption}, table` };
  return make("div", region, whole);
}

/** Those of the columns of which any row has a value. */
export function known(rows, columns) {
  return columns.filter((column) => rows.some((row) => (row[column] ?? "") !== ""));
}

/** The rows as RFC 4180 has it, numbers as they are; a text that a spreadsheet would run as a formula is quoted by '. */
export function csv(rows, columns) {
  const line = (values) => values.map(field).join(",");
  return (
    [line(columns), ...rows.map((row) => line(columns.map((column) => row[column])))].join("\r\n") + "\r\n"
  );
}

/** Let the browser save a file: of a text, or of an address. */
export function save(name, content) {
  const isAddress = content.startsWith("data:");
  const address = isAddress
    ? content
    : URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  if (!isAddress) setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** ▲ 12 % or ▼ 3 %: the sign is a shape, not only a colour. */
export function change(value, isGood) {
  const sign = value > 0 ? "▲" : value < 0 ? "▼" : "●";
  const tone = value === 0 || isGood === null ? "" : isGood ? "good" : "bad";
  return make("span", { className: `change ${tone}`, textContent: `${sign} ${percent(Math.abs(value))}` });
}

function cell(row, column, { isFirst, isNumeric, bar, largest, link }) {
  const value = row[column];
  const text =
    value === null || value === undefined ? (isFirst ? "None or unknown" : "–") : toldOf(row, column);
  const element = make(isFirst ? "th" : "td", {
    className: isNumeric ? "number" : SENTENCES.has(column) ? "sentence" : "",
    attributes: { scope: isFirst ? "row" : null },
  });
  if (/growth_percent|change_percent/.test(column) && typeof value === "number") {
    element.append(change(value, row.better === "lower" ? value < 0 : value > 0));
  } else if (column === bar && largest > 0) {
    const length = make("span", { className: "bar" });
    length.style.width = `${(100 * Math.max(0, value)) / largest}%`;
    element.append(make("span", { className: "barred" }, length, make("span", { textContent: text })));
  } else if (link) {
    element.append(make("a", { href: link, textContent: text }));
  } else if (/(^|_)(status|state)$/.test(column) && value) {
    element.append(make("span", { className: `state ${value}`, textContent: text.replaceAll("_", " ") }));
  } else {
    element.textContent = text;
  }
  return element;
}

function toldOf(row, column) {
  if (column === "metric") return label(row.metric).replace(/, %$/, "");
  if (SENTENCES.has(column)) return withMoments(row[column]);
  return told(row[column], OF_METRIC.has(column) ? row.metric : column);
}

function isNumber(rows, column) {
  return NUMBERS.has(kindOf(column)) || rows.some((row) => typeof row[column] === "number");
}

function field(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
