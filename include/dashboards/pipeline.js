/** <pipeline-health>: how the syncs are doing; troubles first, then figures, then runs, tries and what waits. */

import { clear, draw, specOf } from "./chart.js";
import { get, sentences, shopAndReports } from "./data.js";
import { age, moment, number, onShopClock, withMoments } from "./format.js";
import { latest, make, note, whenChanged } from "./page.js";
import { known, table } from "./table.js";

const CHECK_EVERY = 10_000;
// The cards in their order: a table of rows, or the chart of a file.
const CARDS = [
  {
    heading: "Reconciliation",
    about: "The store's records beside the database's",
    rows: ({ reconciliation }) => reconciled(reconciliation),
    columns: "entity state store database missing rejected unlisted last_sweep_at",
    empty: "Nothing is compared yet. The first full sync does.",
  },
  {
    heading: "How long tasks take",
    chart: "task_durations",
    rows: (health) => ended(triesOf(health)).map(worded),
  },
  {
    heading: "Latest runs",
    about: "The date opens the run in Airflow",
    rows: runsOf,
    columns: "started_at state kind seconds inserted updated deleted api_calls api_refused warnings",
    empty: "No sync has run yet. Start the DAG shopify_sync.",
    isWide: true,
  },
  {
    heading: "Tries that did not succeed",
    about: "The date opens the log",
    rows: (health) => triesOf(health).filter(({ state }) => FAILED.has(state)),
    columns: "started_at task_id try_number state seconds reason",
    empty: "Every try of the latest runs succeeded.",
    isWide: true,
  },
  { heading: "How long runs took", chart: "run_durations", rows: (health) => ended(clocked(health)) },
  { heading: "Requests to Shopify", chart: "api_requests", rows: clocked },
  {
    heading: "Rejected records",
    about: "They are tried again with each sync",
    rows: ({ rejected }) => rejected,
    columns: "entity reason records",
    empty: "No record was rejected.",
  },
  {
    heading: "Google Sheets",
    about: "As of the last push",
    rows: ({ sheets }) => tabsOf(sheets),
    columns: "tab rows state checked_at cells_written",
    empty: "Nothing was pushed yet. Set the Variable google_sheet_id to push.",
  },
  {
    heading: "Incidents",
    about: "What was alerted, and when it was over",
    rows: ({ incidents }) => incidents.map((each) => ({ ...each, kind: each.kind.replaceAll("_", " ") })),
    columns: "began_at kind detail ended_at",
    empty: "No incident so far.",
    isWide: true,
  },
];
const LINKS = { started_at: ({ link }) => (link ? `../${link}` : null) };
const FAILED = new Set(["failed", "up_for_retry", "killed"]);

class PipelineHealth extends HTMLElement {
  connectedCallback() {
    this.troubles = make("ul", { className: "troubles" });
    this.facts = make("section", { className: "facts", ariaLabel: "Figures" });
    this.bodies = CARDS.map(() => make("div", { className: "body" }));
    const cards = CARDS.map((card, place) => cardOf(card, this.bodies[place]));
    this.cards = make("section", { className: "charts", hidden: true }, ...cards);
    this.append(this.troubles, this.facts, this.cards);
    const refresh = latest(() => this.load());
    whenChanged(["data", "theme"], () => {
      this.seen = null;
      refresh();
    });
    setInterval(() => document.hidden || refresh(), CHECK_EVERY);
    refresh();
  }

  async load() {
    try {
      const health = await get("api/pipeline");
      await shopAndReports().catch(() => null);
      return () => this.tell(health);
    } catch {
      // The notice of the page says why.
      return null;
    }
  }

  tell(health) {
    const { troubles, ...rest } = health;
    this.troubles.replaceChildren(
      ...troubles.map(({ detail, advice }) =>
        make("li", {}, make("strong", { textContent: withMoments(sentences(detail)) }), ` ${advice ?? ""}`),
      ),
    );
    this.facts.replaceChildren(...facts(health));
    this.cards.hidden = false;
    const now = JSON.stringify(rest);
    if (now === this.seen) return;
    this.seen = now;
    CARDS.forEach((card, place) => fill(this.bodies[place], card, card.rows(health)));
  }
}

function cardOf({ heading, about = "", isWide }, body) {
  const id = `health-${heading.toLowerCase().replaceAll(" ", "-")}`;
  const scope = make("p", { className: "scope", textContent: about });
  const header = make("header", {}, make("h2", { id, textContent: heading }), scope);
  const region = { role: "region", attributes: { "aria-labelledby": id } };
  return make("div", { className: isWide ? "card wide" : "card", ...region }, header, body);
}

async function fill(body, { heading, chart, columns, empty = "No sync has run yet." }, rows) {
  if (rows.length === 0) {
    clear(body);
    body.append(note(empty));
  } else if (chart) {
    const spec = await specOf(chart);
    await draw(body, spec, rows, `${heading}. ${spec.description}`);
  } else {
    body.replaceChildren(table(rows, known(rows, columns.split(" ")), heading, { links: LINKS }));
    for (const link of body.querySelectorAll("a")) link.addEventListener("click", open);
  }
}

function facts({ data_as_of, runs, backups, rejected, sheets }) {
  const over = ended(runs);
  const well = over.filter(({ state }) => state === "success").length;
  const sum = (column) => runs.reduce((total, run) => total + run[column], 0);
  const ageOf = (at) => (at ? `${age((Date.now() - Date.parse(at)) / 1000)} old` : "none yet");
  return [
    fact("Data", ageOf(data_as_of), data_as_of ? moment(data_as_of) : ""),
    fact("Last run", runs[0]?.state ?? "none yet", runs[0] ? moment(runs[0].started_at) : ""),
    fact("Runs that succeeded", over.length ? `${well} of ${over.length}` : "–", "of the latest"),
    fact(
      "API requests",
      number(sum("api_calls")),
      `${number(sum("api_refused"))} refused, in the latest runs`,
    ),
    fact(
      "Rejected records",
      number(rejected.reduce((total, { records }) => total + records, 0)),
      "waiting to be read",
    ),
    fact("Newest backup", ageOf(backups.newest), `${number(backups.number)} kept`),
    fact(
      "Google Sheets",
      sheets.pushed_at ? ageOf(sheets.pushed_at) : "not set up",
      sheets.tabs.some(({ is_pending }) => is_pending) ? "a push is not finished" : "",
    ),
  ];
}

function fact(name, value, detail) {
  return make(
    "div",
    { className: "fact" },
    make("h2", { textContent: name }),
    make("p", { className: "value", textContent: value }),
    make("p", { textContent: detail }),
  );
}

function reconciled(found) {
  if (!found) return [];
  return Object.entries(found)
    .filter(([, value]) => typeof value === "object" && value !== null)
    .map(([entity, value]) => ({ entity, ...value, last_sweep_at: value.last_sweep }));
}

function tabsOf({ tabs }) {
  return tabs.map(({ last_push, is_pending, ...tab }) => ({
    ...tab,
    state: is_pending ? "pending" : (last_push?.state ?? null),
    cells_written: last_push?.cells_written ?? null,
  }));
}

function runsOf({ runs }) {
  return runs.map((run) => ({
    ...run,
    ...run.rows,
    warnings: run.warnings.join("; "),
  }));
}

/** The runs by the shop's clock, which Vega takes for UTC. */
function clocked({ runs }) {
  return runs.map((run) => ({ ...run, started_at: onShopClock(run.started_at) }));
}

function triesOf({ runs }) {
  return runs.flatMap(({ tries }) => tries);
}

function ended(rows) {
  return rows.filter(({ seconds, state }) => seconds !== null && state !== "running");
}

/** A try as its tooltip tells of it. */
function worded(each) {
  return { ...each, reason: each.reason && withMoments(each.reason) };
}

/** Airflow's frame is a sandbox that may not leave itself, but Airflow's own document may follow a link. */
function open(event) {
  if (window.parent === window) return;
  event.preventDefault();
  const link = window.parent.document.createElement("a");
  link.href = event.currentTarget.href;
  link.click();
}

customElements.define("pipeline-health", PipelineHealth);
