/** Numbers, money and dates as the reader's language writes them, in the shop's currency and time zone. */

// A moment of UTC within a sentence.
const INSTANT =
  /(?<=^|[\s(])\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|\+00:00)(?=[.,;:)]*(?:\s|$))/g;
const language = navigator.language || "en";
const hasHalves = new Intl.DateTimeFormat(language, { hour: "numeric" }).resolvedOptions().hour12;
// 4:13 PM, 04:13
const HOURS = { hour: hasHalves ? "numeric" : "2-digit", minute: "2-digit" };
let currency = { code: "USD", digits: 2 };
let zone = "UTC";
let names = {};
const formatters = new Map();

/** Take over what the shop has: currency, time zone, names of figures. */
export function formatFor(shop, figures) {
  currency = { code: shop.currency ?? "USD", digits: shop.minor_digits ?? 2 };
  zone = shop.timezone ?? "UTC";
  names = Object.fromEntries(figures.map(({ key, name }) => [key, name]));
}

export function money(value, isShort = false) {
  return number(value, {
    style: "currency",
    currency: currency.code,
    currencyDisplay: "narrowSymbol",
    ...(isShort ? { notation: "compact", maximumFractionDigits: 2 } : fraction(currency.digits)),
  });
}

export function number(value, options = {}) {
  return formatter(Intl.NumberFormat, options).format(value);
}

export function percent(value) {
  return number(value / 100, { style: "percent", maximumFractionDigits: 1 });
}

/** "26 Nov 2026", of a day; the year is left out on request. */
export function day(text, hasYear = true) {
  const year = hasYear ? { year: "numeric" } : {};
  return dated(text, { day: "numeric", month: "short", ...year, timeZone: "UTC" });
}

/** A moment of UTC on the shop's clock. */
export function moment(text) {
  return dated(text, { day: "numeric", month: "short", ...HOURS, timeZone: zone });
}

/** A text for people: its moments of UTC are on the shop's clock, but for values in quotes. */
export function withMoments(text) {
  return text.replace(INSTANT, (found) => (Number.isNaN(Date.parse(found)) ? found : moment(found)));
}

/** A moment of UTC as the shop's clock showed it, for a chart, whose axes are of UTC. */
export function onShopClock(text) {
  const clock = { timeZone: zone, dateStyle: "short", timeStyle: "medium" };
  return `${formatter(Intl.DateTimeFormat, clock, "sv-SE").format(new Date(text)).replace(" ", "T")}Z`;
}

/** How long, in English as the sentences that it stands in: "45 sec", "12 min", "3 hr 5 min", "4 days". */
export function span(seconds) {
  const unit = (amount, unit, digits = 0) => {
    const options = { style: "unit", unit, maximumFractionDigits: digits };
    return formatter(Intl.NumberFormat, options, "en").format(amount);
  };
  const minutes = Math.floor(seconds / 60);
  if (seconds < 90) return unit(seconds, "second", seconds < 10 ? 1 : 0);
  const rest = Math.floor(seconds % 60);
  if (minutes < 10 && rest) return `${unit(minutes, "minute")} ${unit(rest, "second")}`;
  if (minutes < 60) return unit(minutes, "minute");
  if (minutes < 48 * 60) return `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
  return unit(Math.floor(minutes / 1440), "day");
}

/** How old something is: "45 sec", "4 min"; from two minutes on nobody asks for seconds. */
export function age(seconds) {
  return span(seconds < 120 ? seconds : Math.floor(seconds / 60) * 60);
}

/** What kind of value a report's column holds, by its name. */
export function kindOf(column) {
  if (/_percent$/.test(column)) return "percent";
  if (/_index$|coefficient|^lift$|_days$|per_order$|p_value/.test(column) && !/sales_per_order/.test(column))
    return "decimal";
  if (/_at$/.test(column)) return "moment";
  if (/_local$/.test(column)) return "local";
  if (/date$|^week$|period$/.test(column)) return "day";
  if (/month$/.test(column)) return "month";
  if (/seconds$/.test(column)) return "span";
  if (
    /sales|discounts|returns|tax|duties|fees|value|price|outstanding$|^paid$|shipping|^average_\d/.test(
      column,
    )
  )
    return "money";
  return "plain";
}

/** A value as text, by the column that it stands in; nothing for null. */
export function told(value, column, kind = kindOf(column)) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean" || /^is_/.test(column)) return value ? "✓ yes" : "✗ no";
  if (typeof value === "number") {
    if (kind === "money") return money(value);
    if (kind === "percent") return percent(value);
    if (kind === "span") return span(value);
    if (kind === "decimal") return number(value, { maximumFractionDigits: 2 });
    return /(^|_)(id|key|year)$/.test(column) ? String(value) : number(value);
  }
  if (kind === "day") return day(value);
  if (kind === "month") return dated(`${value}-01`, { month: "short", year: "numeric", timeZone: "UTC" });
  if (kind === "moment") return moment(value);
  if (kind === "local")
    return dated(`${value}Z`, {
      day: "numeric",
      month: "short",
      year: "numeric",
      ...HOURS,
      timeZone: "UTC",
    });
  return String(value);
}

const LABELS = {
  title: "Product",
  other_title: "With",
  name: "Order",
  ordered_at_local: "Placed",
  financial_status: "Payment",
  fulfillment_status: "Fulfilment",
  cancel_reason: "Cancelled",
  total_price: "Total",
  task_id: "Task",
  try_number: "Try",
  api_calls: "Requests",
  api_refused: "Refused",
  seconds: "Took",
  is_met: "Target met",
  growth_percent: "Growth",
  change_percent: "Change",
  began_at: "Began",
  ended_at: "Ended",
};

/** A column's name for people. */
export function label(column) {
  if (LABELS[column] ?? names[column]) return LABELS[column] ?? names[column];
  const words = column
    .replace(/_percent$/, ", %")
    .replace(/_local$|_at$/, "")
    .replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** For d3's "$,.2f" in a chart: how the language writes numbers and the shop's currency. */
export function numberLocale() {
  const parts = formatter(Intl.NumberFormat, { useGrouping: "always" }).formatToParts(123456789012.5);
  const part = (type) => parts.find((each) => each.type === type)?.value;
  const groups = parts.filter((each) => each.type === "integer").map((each) => each.value.length);
  const priced = formatter(Intl.NumberFormat, {
    style: "currency",
    currency: currency.code,
    currencyDisplay: "narrowSymbol",
    ...fraction(0),
  })
    .formatToParts(1)
    .map((each) => (each.type === "integer" ? "1" : each.value))
    .join("");
  return {
    decimal: part("decimal"),
    thousands: part("group"),
    grouping: groups.slice(1).reverse(),
    currency: priced.split("1"),
  };
}

/** For d3's "%x" and "%b": days and months of the language. */
export function timeLocale() {
  const name = (options, date) =>
    formatter(Intl.DateTimeFormat, { ...options, timeZone: "UTC" }).format(date);
  const weekdays = [...Array(7).keys()].map((each) => new Date(Date.UTC(2023, 0, 1 + each)));
  const months = [...Array(12).keys()].map((each) => new Date(Date.UTC(2023, each, 1)));
  const date = order({ day: "numeric", month: "short", year: "numeric" });
  return {
    dateTime: `${date}, ${clock()}`,
    date,
    time: clock(),
    periods: ["AM", "PM"],
    days: weekdays.map((each) => name({ weekday: "long" }, each)),
    shortDays: weekdays.map((each) => name({ weekday: "short" }, each)),
    months: months.map((each) => name({ month: "long" }, each)),
    shortMonths: months.map((each) => name({ month: "short" }, each)),
  };
}

/** A chart's text with its formats as the shop's currency and the language have them. */
export function withFormats(text) {
  return text
    .replaceAll("$,.2f", `$,.${currency.digits}f`)
    .replaceAll("%-d %b", order({ day: "numeric", month: "short" }))
    .replaceAll("%H:%M", clock());
}

function clock() {
  return hasHalves ? "%-I:%M %p" : "%H:%M";
}

/** A date's parts as d3 writes them, in the order of the language. */
function order(options) {
  const places = { day: "%-d", month: "%b", year: "%Y" };
  return formatter(Intl.DateTimeFormat, { ...options, timeZone: "UTC" })
    .formatToParts(new Date(0))
    .map((each) => places[each.type] ?? each.value)
    .join("");
}

function dated(text, options) {
  return formatter(Intl.DateTimeFormat, options).format(new Date(text));
}

/** A formatter of a language; making one takes longer than many uses of it. */
function formatter(Kind, options, of = language) {
  const key = JSON.stringify([Kind.name, of, options]);
  if (!formatters.has(key)) formatters.set(key, new Kind(of, options));
  return formatters.get(key);
}

function fraction(digits) {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}
