/** Which part of the store is looked at; the address holds it, so that a view can be shared and gone back to.

Of country and channel, an empty text stands for orders that have none. */

import { changed } from "./page.js";

/** Presets, by their name in the address. */
export const RANGES = {
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
  "365d": "Last 365 days",
  month: "This month",
  "last-month": "Last month",
  year: "This year",
  "last-year": "Last year",
  all: "All time",
};
const USUAL = "30d";
const DAY = 24 * 3600 * 1000;

/** `{range, from, to, compare, country, channel}`; range is a preset or "free". */
export function view() {
  const asked = new URLSearchParams(location.search);
  const isFree = isDate(asked.get("from")) && isDate(asked.get("to"));
  const [from, to] = [asked.get("from"), asked.get("to")].sort();
  return {
    range: isFree ? "free" : asked.get("range") in RANGES ? asked.get("range") : USUAL,
    from: isFree ? from : null,
    to: isFree ? to : null,
    compare: asked.get("compare") !== "0",
    country: asked.get("country"),
    channel: asked.get("channel"),
  };
}

/** Change some of it: a new entry of the browser's history. */
export function show(changes) {
  const address = addressOf({ ...view(), ...changes });
  history.pushState(null, "", address || location.pathname);
  changed("view");
}

/** The query of a view, with "?"; what is usual is left out. */
export function addressOf({ range, from, to, compare, country, channel }) {
  const asked = new URLSearchParams();
  if (range === "free") {
    asked.set("from", from);
    asked.set("to", to);
  } else if (range !== USUAL) {
    asked.set("range", range);
  }
  if (!compare) asked.set("compare", "0");
  if (country !== null) asked.set("country", country);
  if (channel !== null) asked.set("channel", channel);
  return asked.size ? `?${asked}` : "";
}

/** The days that a view shows, `{start, end}`, both included; null where it is open. */
export function days({ range, from, to }, { today, first_order_date }) {
  const [year, month] = today.split("-").map(Number);
  const lasts = /^(\d+)d$/.exec(range);
  if (lasts) return { start: shifted(today, 1 - lasts[1]), end: today };
  return {
    free: { start: from, end: to },
    month: { start: dayOf(year, month), end: today },
    "last-month": { start: dayOf(year, month - 1), end: shifted(dayOf(year, month), -1) },
    year: { start: dayOf(year, 1), end: today },
    "last-year": { start: dayOf(year - 1, 1), end: `${year - 1}-12-31` },
    all: { start: first_order_date ?? today, end: today },
  }[range];
}

/** What a view's days are compared with; null when everything is shown.

A month with the month before, this month and year with the same days of the one before, all else with as many days
right before. */
export function daysBefore(current, { range }) {
  if (range === "all") return null;
  const { start, end } = current;
  const length = countDays(current);
  const months = { month: 1, "last-month": 1, year: 12, "last-year": 12 }[range];
  if (!months) return { start: shifted(start, -length), end: shifted(end, -length) };
  const [year, month] = start.split("-").map(Number);
  const first = dayOf(year, month - months);
  const isWhole = range.startsWith("last");
  return {
    start: first,
    end: isWhole ? shifted(start, -1) : [shifted(first, length - 1), shifted(start, -1)].sort()[0],
  };
}

export function countDays({ start, end }) {
  return Math.round((Date.parse(end) - Date.parse(start)) / DAY) + 1;
}

/** The day so many days after a day. */
export function shifted(day, by) {
  return new Date(Date.parse(day) + by * DAY).toISOString().slice(0, 10);
}

/** The first day of a month; months before the first are of the year before. */
function dayOf(year, month) {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}

function isDate(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(Date.parse(text));
}
