/** What the API knows. Answers are kept until the data's version changes; the browser's cache asks again by ETag. */

import { day, formatFor } from "./format.js";
import { countDays, days, daysBefore, shifted, view } from "./state.js";

// A line of more points than this is drawn by week, one of more than that by month.
const MOST_DAYS = 92;
const MOST_DAYS_BY_WEEK = 731;

let kept = new Map();
let known = null;

/** The sentence of an answer that is not one, for people, with what to do. */
export class Refused extends Error {
  constructor({ error, advice, state }) {
    super(sentences(error, advice));
    this.state = state;
  }
}

/** Texts one after another, each with its full stop. */
export function sentences(...texts) {
  return texts
    .filter(Boolean)
    .map((text) => text.replace(/[^.!?]$/, "$&."))
    .join(" ");
}

/** `{shop, reports, figures}`: whose data it is, and what can be asked. */
export async function shopAndReports() {
  known ??= Promise.all([get("api/shop"), get("api/definitions")]).catch((error) => {
    known = null;
    throw error;
  });
  const [shop, { reports, figures }] = await known;
  formatFor(shop, figures);
  return { shop, reports, figures };
}

/** The shop as it is now; the rest of what is known is forgotten when the data has another version. */
export async function shopNow() {
  const before = await known;
  const shop = await get("api/shop");
  const isNew = before?.[0].version !== shop.version;
  if (isNew) kept = new Map();
  if (before) known = Promise.resolve([shop, before[1]]);
  return { shop, isNew };
}

/** Any path of the API, as it answers. */
export async function get(path) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin" });
  } catch {
    throw new Refused({
      error: "Airflow does not answer.",
      advice: "This page asks again every half minute.",
    });
  }
  if (answer.ok) return answer.json();
  if (answer.status === 401)
    throw new Refused({
      error: "You are not logged in to Airflow any more.",
      advice: "Log in, then reload this page.",
    });
  if (answer.status === 403)
    throw new Refused({
      error: "You may not read the DAG shopify_sync.",
      advice: "Ask an Airflow administrator for the role Viewer.",
    });
  const told = await answer.json().catch(() => ({}));
  throw new Refused({ error: `Airflow answered with status ${answer.status}.`, ...told });
}

/** As `shopAndReports`, when there is anything to show; the notice of the page says what to do when there is not. */
export async function shopWithData() {
  const found = await shopAndReports();
  if (found.shop.state !== "ok") throw new Refused({ error: "No data yet.", state: found.shop.state });
  return found;
}

/** The rows of a report as objects, for the view, with what of the view they do not follow.

@param report one of the API's, or "over_time", which is daily, weekly or monthly, whichever has a readable number of
points: its rows have `period`, `is_open` for one that is not over and, in comparison, `previous_` columns.
@param given parameters beside dates and filters.
@param leastDays what is shown at least, of reports that a few days say nothing about; Infinity for all time. */
export async function rowsFor(report, given = {}, leastDays = 0) {
  const { shop, reports } = await shopWithData();
  const current = view();
  if (report === "over_time") return overTime(shop, reports);
  const takes = new Set(
    reports[report].parameters.filter((name) => leastDays !== Infinity || !["start", "end"].includes(name)),
  );
  const shown = days(current, shop);
  const isLonger = takes.has("start") && current.range !== "all" && countDays(shown) < leastDays;
  const dates = isLonger ? { start: shifted(shown.end, 1 - leastDays), end: shown.end } : shown;
  return {
    rows: await rows(report, {
      ...given,
      ...(takes.has("start") ? asked(dates, current) : {}),
      ...filters(current, takes),
    }),
    scope: [...(isLonger ? [`Since ${day(dates.start)}`] : []), ...scope(current, takes)],
  };
}

/** The rows of headline for the view and for the time before it, which may be null. */
export async function headlines() {
  const { shop, reports } = await shopWithData();
  const current = view();
  const chosen = filters(current, new Set(reports.headline.parameters));
  const shown = days(current, shop);
  const before = current.compare ? daysBefore(shown, current) : null;
  const both = [asked(shown, current), before].map(
    (dates) => dates && rows("headline", { ...dates, ...chosen }),
  );
  const [now, then] = await Promise.all(both);
  return { now: now[0], then: then?.[0] ?? null };
}

/** The report "over_time" of `rowsFor`. */
async function overTime(shop, reports) {
  const current = view();
  const shown = days(current, shop);
  const length = countDays(shown);
  const report = length <= MOST_DAYS ? "daily" : length <= MOST_DAYS_BY_WEEK ? "weekly" : "monthly";
  if (!reports[report]) throw new Refused({ error: `There is no report ${report}` });
  const takes = new Set(reports[report].parameters);
  const chosen = filters(current, takes);
  const found = (await rows(report, { ...asked(shown, current), ...chosen })).map((row) =>
    dated(row, report, shop.today),
  );
  const before = daysBefore(shown, current);
  if (current.compare && before && report !== "monthly") {
    const apart = countDays({ start: before.start, end: shown.start }) - 1;
    const back = report === "weekly" ? Math.round(apart / 7) * 7 : apart;
    const dates = { start: shifted(shown.start, -back), end: shifted(shown.end, -back) };
    const previous = (await rows(report, { ...dates, ...chosen })).map((row) =>
      dated(row, report, shop.today),
    );
    const byPeriod = new Map(previous.map((row) => [row.period, row]));
    for (const row of found) addPrevious(row, byPeriod.get(shifted(row.period, -back)));
  }
  const step = { daily: "By day", weekly: "By week", monthly: "By month" }[report];
  return { rows: found, scope: [step, ...scope(current, takes)] };
}

/** The dates to ask for: none for all time, which holds what has no date, too. */
function asked(dates, { range }) {
  return range === "all" ? {} : dates;
}

function dated({ date, week, month, ...row }, report, today) {
  const period = date ?? week ?? `${month}-01`;
  const last = { daily: period, weekly: shifted(period, 6), monthly: `${month}-31` }[report];
  return { period, ...row, is_open: last >= today };
}

function addPrevious(row, previous) {
  if (!previous) return;
  for (const column of ["period", "total_sales", "orders", "customers", "average_order_value"]) {
    row[`previous_${column}`] = previous[column];
  }
}

function filters({ country, channel }, takes) {
  return {
    ...(country !== null && takes.has("country") ? { country } : {}),
    ...(channel !== null && takes.has("channel") ? { channel } : {}),
  };
}

/** What the reader should know about rows that the view's dates and filters do not reach. */
export function scope({ country, channel }, takes) {
  const told = [];
  if (!takes.has("start")) told.push("All time");
  if (country !== null && !takes.has("country")) told.push("All countries");
  if (channel !== null && !takes.has("channel")) told.push("All channels");
  return told;
}

/** The rows of a report of the API with exactly these parameters. */
function rows(report, parameters) {
  const query = new URLSearchParams(parameters);
  const path = query.size ? `api/reports/${report}?${query}` : `api/reports/${report}`;
  if (!kept.has(path)) {
    const found = get(path).then((answer) =>
      answer.rows.map((row) =>
        Object.fromEntries(answer.columns.map((column, place) => [column, row[place]])),
      ),
    );
    found.catch(() => kept.delete(path));
    kept.set(path, found);
  }
  return kept.get(path);
}
