/** <order-list>: orders, newest first, by dates and statuses of the page, or by number. */

import { get, scope, shopWithData } from "./data.js";
import { latest, make, note, whenChanged } from "./page.js";
import { days, view } from "./state.js";
import { csv, save, table } from "./table.js";

const COLUMNS = [
  "name",
  "ordered_at_local",
  "financial_status",
  "fulfillment_status",
  "cancel_reason",
  "total_price",
  "total_tax",
  "total_discounts",
  "paid",
  "outstanding",
];
const FINANCIAL = [
  "paid",
  "pending",
  "authorized",
  "partially_paid",
  "partially_refunded",
  "refunded",
  "voided",
];
const FULFILLMENT = ["unfulfilled", "partial", "fulfilled", "restocked"];
const A_PAGE = 25;
const ORDER_NUMBER = /^#?\d{1,9}$/;

class OrderList extends HTMLElement {
  connectedCallback() {
    this.orders = [];
    this.number = make("input", { type: "search", placeholder: "Order number", ariaLabel: "Order number" });
    this.financial = statuses("Any payment", FINANCIAL);
    this.fulfillment = statuses("Any fulfilment", FULFILLMENT);
    const form = make("form", { role: "search" }, this.number, this.financial, this.fulfillment);
    this.body = make("div", { className: "body" });
    this.more = make("button", {
      type: "button",
      className: "more",
      textContent: "Show more",
      hidden: true,
      onclick: () => this.show(this.next),
    });
    const download = make("button", {
      type: "button",
      textContent: "Save as CSV",
      className: "more",
      onclick: () => save("orders.csv", csv(this.orders, COLUMNS)),
    });
    this.scope = make("p", { className: "scope" });
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", "orders");
    form.append(download);
    this.replaceChildren(
      make("header", {}, make("h2", { id: "orders", textContent: "Orders" }), this.scope),
      form,
      this.body,
      this.more,
    );
    this.show = latest((before) => this.load(before));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.show());
    whenChanged(["view", "data"], () => this.show());
    this.show();
  }

  async load(before) {
    const number = this.number.value.trim();
    if (number && !ORDER_NUMBER.test(number)) {
      return () => {
        this.orders = [];
        this.more.hidden = true;
        this.body.replaceChildren(note("Give an order's number, such as 1001 or #1001."));
      };
    }
    try {
      const { columns, rows, next } = await get(`api/orders?${await this.asked(before)}`);
      const found = rows.map((row) =>
        Object.fromEntries(columns.map((column, place) => [column, row[place]])),
      );
      return () => {
        this.scope.textContent = scope(view(), new Set(number ? [] : ["start"])).join(" · ");
        this.orders = before ? [...this.orders, ...found] : found;
        this.next = next;
        this.more.hidden = next === null;
        this.body.replaceChildren(
          this.orders.length
            ? this.list()
            : note("No order matches. Choose other dates, another status or another number."),
        );
      };
    } catch (error) {
      return () => this.body.replaceChildren(note(error.message));
    }
  }

  async asked(before) {
    const { shop } = await shopWithData();
    const asked = new URLSearchParams({ limit: A_PAGE });
    const number = this.number.value.trim();
    if (number) {
      asked.set("number", number);
      return asked;
    }
    const { range } = view();
    const chosen = {
      ...(range === "all" ? {} : days(view(), shop)),
      financial_status: this.financial.value,
      fulfillment_status: this.fulfillment.value,
      before: before ?? "",
    };
    for (const [name, value] of Object.entries(chosen)) if (value !== "") asked.set(name, value);
    return asked;
  }

  list() {
    return table(this.orders, COLUMNS, "Orders");
  }
}

function statuses(any, values) {
  return make(
    "select",
    { ariaLabel: any },
    new Option(any, ""),
    ...values.map((value) => new Option(value.replaceAll("_", " "), value)),
  );
}

customElements.define("order-list", OrderList);
