"""A shop whose texts are markup and formulas, synced as the DAG does it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import open_shop
from demo_store.state import Store
from shopify_analytics.config import Folders
from shopify_analytics.database import read_only
from shopify_analytics.reports import run_report

from tests.dag.shop import Shop
from tests.pipeline import Pipeline, connection_to
from tests.raw_records import records

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = "2026-11-22"
# Whatever becomes of them, they try to leave a trace in window.hacked.
PRODUCT = "<img src=x onerror=\"window.hacked='product'\">"
KIND = "<svg onload=\"window.hacked='kind'\"></svg>"
CITY = "</p><script>window.hacked='city'</script>"
# Reports have codes in capitals.
CODE = "<B ONMOUSEOVER=\"WINDOW.HACKED='CODE'\">SAVE</B>"
FORMULA = '=HYPERLINK("http://elsewhere.example","Open")'
WARNING = "<iframe src=\"javascript:parent.hacked='warning'\"></iframe>"


@dataclass(frozen=True)
class Synced:
    """The folder of a synced shop; not to be changed."""

    folder: Path

    @property
    def folders(self) -> Folders:
        """Where data and logs are."""
        return Folders(self.folder / "data", self.folder / "logs")

    def report(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a report."""
        with read_only(self.folders.database) as db:
            return run_report(db, name, **parameters)

    def headline(self, start: str | None = None, end: str | None = None) -> dict[str, Any]:
        """The key figures of some days."""
        return self.report("headline", start=start, end=end)[0]

    def summary(self) -> dict[str, Any]:
        """All that the summary has."""
        return dict(json.loads(self.folders.summary.read_bytes()))

    def select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with read_only(self.folders.database) as db:
            return db.execute(query, values).fetchall()


@dataclass(frozen=True)
class Living(Synced):
    """A copy of the shop that a test changes, and what reads the changes."""

    shop: Shop
    pipeline: Pipeline

    def sync(self, run_id: str, *, full: bool = False) -> None:
        """Sync what has changed."""
        run = self.pipeline.run(run_id, full_sync=full)
        assert run.succeeded, run.reasons


def make_shop(folder: Path) -> Synced:
    """Make a shop of 16 months and about 600 orders, and sync it."""
    store = open_shop(folder / "store.db", orders=600, months=16, now=NOW)
    plant(store)
    with DemoServer(store, clock=ManualClock(NOW), plan="unlimited") as server:
        run = Pipeline(folder, connection_to(server)).run("first", full_sync=True)
        assert run.succeeded, run.reasons
    store.close()
    synced = Synced(folder)
    with closing(sqlite3.connect(synced.folders.database)) as db, db:
        db.execute("UPDATE sync_runs SET warnings = ?", (json.dumps([WARNING]),))
    return synced


def make_young_shop(folder: Path) -> Synced:
    """Make a shop that has had one order, two days ago, and sync it three times."""
    store = open_shop(folder / "store.db", orders=40, months=1, now=NOW)
    orders = sorted(records(store, "orders"), key=lambda order: str(order["created_at"]))
    kept = next(order for order in reversed(orders) if order["created_at"] < "2026-11-21" and is_plain(order))
    with store.transaction():
        for order in orders:
            if order["id"] != kept["id"]:
                store.delete("orders", order["id"], NOW)
    clock = ManualClock(NOW)
    with DemoServer(store, clock=clock, plan="unlimited") as server:
        for run_id in ("first", "second", "third"):
            run = Pipeline(folder, connection_to(server)).run(run_id, full_sync=run_id == "first")
            assert run.succeeded, run.reasons
            clock.advance(timedelta(minutes=10))
    store.close()
    return Synced(folder)


def is_plain(order: dict[str, Any]) -> bool:
    """Whether it is paid, and not sent yet: there is no time to fulfilment, and nothing is owed."""
    return not order["test"] and order["financial_status"] == "paid" and not order["fulfillments"]


def plant(store: Store) -> None:
    """Rename what sells best, and where some live; let every fifth order have a code."""
    products, orders = records(store, "products"), records(store, "orders")
    sales: Counter[int] = Counter()
    for line in (line for order in orders for line in order["line_items"] if line["product_id"]):
        sales[line["product_id"]] += round(float(line["price"])) * line["quantity"]
    (first, _), (second, _) = sales.most_common(2)
    titles = {first: PRODUCT, second: FORMULA}
    for product in products:
        if product["id"] in titles:
            product.update(title=titles[product["id"]], product_type=KIND, vendor=KIND)
    for number, order in enumerate(orders):
        for line in order["line_items"]:
            line["title"] = titles.get(line["product_id"], line["title"])
        if number % 5 == 0:
            order["discount_codes"] = [{"code": CODE, "amount": "1.00", "type": "fixed_amount"}]
            for address in filter(None, (order.get("shipping_address"), order.get("billing_address"))):
                address["city"] = CITY
    store.put("products", products)
    store.put("orders", orders)


@contextmanager
def copied(original: Synced, folder: Path, *, synced: bool = True) -> Iterator[Living]:
    """The shop once more, to be changed; without a first sync, if so asked."""
    folder.mkdir(exist_ok=True)
    store = Store.open(Path(shutil.copy(original.folder / "store.db", folder)))
    if synced:
        shutil.copytree(original.folders.data_dir, folder / "data")
    clock = ManualClock(NOW)
    shop = Shop(store, clock)
    with DemoServer(store, clock=clock, plan="unlimited") as server:
        yield Living(folder, shop, Pipeline(folder, connection_to(server)))
    store.close()
