"""A small shop after its first sync, and how later runs compare the database with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from demo_store.state import Store
from shopify_analytics.database import AGGREGATES_STALE, connect, set_metadata
from shopify_analytics.entities import ENTITIES
from shopify_analytics.reconcile import reconciliation

from tests.demo_store.records import customer, order, product
from tests.faults.shops import NOW, SyncedShop, serving
from tests.pipeline import Run

ORDERS = [order(number) for number in range(1, 6)]
RED = ["reconcile", "report_run"]


@contextmanager
def synced_shop(store: Store, folder: Path) -> Iterator[SyncedShop]:
    """Two products, three customers and five orders, ten minutes after the first sync."""
    store.put("products", [product(number) for number in (1, 2)])
    store.put("customers", [customer(number) for number in (1, 2, 3)])
    store.put("orders", ORDERS)
    with serving(store, folder) as trial:
        trial.sync()
        trial.shop.clock.advance(timedelta(minutes=10))
        yield trial


def of_orders(run: Run) -> dict[str, Any]:
    """What a run found out about orders."""
    found: dict[str, Any] = run.returned["reconcile"]["orders"]
    return found


def explained(run: Run) -> dict[str, int]:
    """How a run's difference in orders is explained."""
    parts = ("difference", "missing", "rejected", "in_flight", "unlisted")
    return {part: number for part, number in of_orders(run).items() if part in parts and number}


def execute(trial: SyncedShop, statement: str, *values: Any) -> None:
    """Change the project's database behind its back; what is derived from it is then to be made anew."""
    with connect(trial.pipeline.database) as db:
        db.execute(statement, values)
        set_metadata(db, AGGREGATES_STALE, "1")


def lose(trial: SyncedShop, resource: str, record_id: int) -> None:
    """Let a record be lost with all its parts."""
    entity = ENTITIES[resource]
    for table in entity.tables:
        parent = "id" if table == resource else entity.parent_column
        execute(trial, f"DELETE FROM {table} WHERE {parent} = ?", record_id)


def latest_result(trial: SyncedShop) -> dict[str, Any]:
    """The latest comparison, of a red run too."""
    with connect(trial.pipeline.database) as db:
        found = reconciliation(db)
    assert found is not None
    return found


def reconciled(trial: SyncedShop, run: Run) -> list[str]:
    """The lines of the run log's section about it."""
    _, _, rest = trial.run_log(run).partition("\n\nReconciled with the store\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]


def hide_while_listed(trial: SyncedShop, hidden: dict[str, Any]) -> None:
    """Let an order be counted, not be listed, and be there again."""

    def hide() -> None:
        trial.store.delete("orders", hidden["id"], NOW)
        trial.after(1, "orders", lambda: trial.store.put("orders", [hidden]))

    trial.after(1, "orders/count", hide)
