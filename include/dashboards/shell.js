/** What all pages share: navigation that keeps the view, filters, age of the data, notices, and the half-minute check. */

import { sentences, shopAndReports, shopNow } from "./data.js";
import { age, day, moment } from "./format.js";
import { changed, make, whenChanged } from "./page.js";
import { RANGES, addressOf, days, daysBefore, show, view } from "./state.js";

const CHECK_EVERY = 30_000;

/** Build the shell; the rest of the page fills by itself. */
export async function startShell() {
  addEventListener("popstate", () => changed("view"));
  whenChanged(["view"], linkPages);
  linkPages();
  showCurrentPage();
  try {
    tell((await shopAndReports()).shop);
  } catch (error) {
    notice(error.message);
  }
  setInterval(check, CHECK_EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || check());
}

async function check() {
  if (document.hidden) return;
  try {
    const { shop, isNew } = await shopNow();
    tell(shop);
    if (isNew) changed("data");
  } catch (error) {
    notice(error.message);
  }
}

function linkPages() {
  for (const link of document.querySelectorAll("nav a")) {
    link.search = addressOf(view());
  }
}

/** A phone's navigation is wider than its screen. */
function showCurrentPage() {
  const current = document.querySelector("nav [aria-current]");
  const nav = current.parentElement;
  nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
}

/** The shop's name, how old its data is, and whether it is all there. */
function tell(shop) {
  document.getElementById("shop").textContent = shop.name ?? "Shopify";
  if (shop.today) document.querySelector("view-filters")?.fill(shop);
  const seconds = shop.data_as_of ? (Date.now() - Date.parse(shop.data_as_of)) / 1000 : null;
  const isStale = seconds !== null && shop.longest_age_minutes > 0 && seconds > shop.longest_age_minutes * 60;
  const badge = document.getElementById("freshness");
  const seen = make("span", {
    className: seconds === null ? "dot none" : isStale ? "dot late" : "dot",
    ariaHidden: "true",
  });
  badge.replaceChildren(
    seen,
    seconds === null ? "No data yet" : `${age(seconds)} old`,
    ...reconciled(shop.reconciliation),
  );
  badge.title = seconds === null ? "" : `Data of ${moment(shop.data_as_of)}, ${shop.timezone}`;
  if (shop.state !== "ok") notice(shop.message, shop.advice);
  else if (isStale && !document.querySelector("pipeline-health"))
    notice(
      `These figures are ${age(seconds)} old: no sync has ended well since ${moment(shop.data_as_of)}.`,
      "Pipeline Health says why.",
    );
  else notice(null);
  const zone = document.getElementById("zone");
  if (shop.timezone) zone.textContent = `${shop.currency} · days and hours of ${shop.timezone}`;
}

function reconciled(state) {
  if (!state) return [];
  const isWell = state.state !== "missing";
  const words = Object.entries(state.entities).map(([entity, { words }]) => `${entity}: ${words}`);
  const told = {
    equal: "✓ equals the store",
    explained: "✓ differences explained",
    surplus: "✓ nothing missing",
    missing: "✗ records missing",
  };
  return [
    make("span", {
      className: isWell ? "checked" : "checked unequal",
      textContent: told[state.state] ?? state.state,
      title: words.join("\n"),
    }),
  ];
}

function notice(text, advice = "") {
  const place = document.getElementById("notice");
  place.hidden = !text;
  place.textContent = sentences(text, advice);
}

class ViewFilters extends HTMLElement {
  connectedCallback() {
    whenChanged(["view"], () => this.shop && this.follow());
  }

  /** Show the controls, for what the shop has; again when it has something else. */
  fill(shop) {
    const isSame =
      JSON.stringify([this.shop?.today, this.shop?.filters]) === JSON.stringify([shop.today, shop.filters]);
    this.shop = shop;
    if (isSame || this.contains(document.activeElement)) return;
    this.range = make(
      "select",
      { onchange: () => this.chooseRange() },
      ...Object.entries(RANGES).map(([value, text]) => new Option(text, value)),
      new Option("Free range…", "free"),
    );
    this.from = make("input", {
      type: "date",
      ariaLabel: "From",
      max: shop.today,
      onchange: () => this.chooseDates(),
    });
    this.to = make("input", {
      type: "date",
      ariaLabel: "To",
      max: shop.today,
      onchange: () => this.chooseDates(),
    });
    this.free = make("span", { className: "free" }, this.from, "–", this.to);
    this.compare = make("input", {
      type: "checkbox",
      onchange: () => show({ compare: this.compare.checked }),
    });
    this.country = choice("All countries", shop.filters?.country.members ?? [], (value) =>
      show({ country: value }),
    );
    this.channel = choice("All channels", shop.filters?.channel.members ?? [], (value) =>
      show({ channel: value }),
    );
    this.shown = make("p", { className: "shown", attributes: { "aria-live": "polite" } });
    const share = make("button", { type: "button", textContent: "Copy link", onclick: () => copy(share) });
    const controls = [
      make("label", {}, make("span", { className: "unseen", textContent: "Dates" }), this.range),
      this.free,
      ...(this.hasAttribute("places")
        ? [labelled("Country", this.country), labelled("Channel", this.channel)]
        : []),
      make("label", { className: "check" }, this.compare, "Compare"),
      share,
    ];
    this.replaceChildren(make("div", { className: "controls" }, ...controls), this.shown);
    this.follow();
  }

  follow() {
    const current = view();
    const shown = days(current, this.shop);
    const before = current.compare ? daysBefore(shown, current) : null;
    this.range.value = current.range;
    this.free.hidden = current.range !== "free";
    [this.from.value, this.to.value] = [shown.start, shown.end];
    this.compare.checked = current.compare;
    this.country.value = current.country ?? "all";
    this.channel.value = current.channel ?? "all";
    const told = (dates) => `${day(dates.start)} – ${day(dates.end)}`;
    const first = this.shop.first_order_date;
    const isShort = before && first && before.start < first;
    this.shown.textContent = [
      before ? `${told(shown)}, compared with ${told(before)}` : told(shown),
      isShort ? `the first order is of ${day(first)}` : null,
    ]
      .filter(Boolean)
      .join("; ");
  }

  chooseRange() {
    const { start, end } = days(view(), this.shop);
    show(this.range.value === "free" ? { range: "free", from: start, to: end } : { range: this.range.value });
  }

  chooseDates() {
    const [from, to] = [this.from.value, this.to.value].sort();
    if (from && to) show({ range: "free", from, to });
  }
}

function labelled(text, control) {
  return make("label", {}, make("span", { className: "unseen", textContent: text }), control);
}

function choice(all, members, chosen) {
  const options = members.map(({ value, name }) => new Option(name ?? "None or unknown", value));
  return make(
    "select",
    { onchange: (event) => chosen(event.target.value === "all" ? null : event.target.value) },
    new Option(all, "all"),
    ...options,
  );
}

async function copy(button) {
  const told = await navigator.clipboard.writeText(location.href).then(
    () => "Copied",
    () => location.href,
  );
  button.textContent = told;
  setTimeout(() => (button.textContent = "Copy link"), 4000);
}

customElements.define("view-filters", ViewFilters);
