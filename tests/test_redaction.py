"""A redaction leaves nothing of a person on the disk, and every figure as it was."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.aggregates import rebuild
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import AGGREGATES_STALE, set_metadata
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import RedactionRefused
from shopify_analytics.ledger import Try, begin_try, close_run, open_run
from shopify_analytics.load import load_staged
from shopify_analytics.redaction import Redaction, forget_what_was, redact_customer
from shopify_analytics.staging import EntityStaging

from tests import planted
from tests.demo_store.records import FIRST_CUSTOMER_ID, FIRST_ORDER_ID, customer, order
from tests.planted import EMAIL, OTHER_ID, PERSON_ID, PLANTED, found_in, order_id
from tests.syncing import Syncs, dump, rows, select, stage
from tests.test_aggregates import derived

GUEST_WITH_OLD_EMAIL = order_id(4)


@dataclass
class Shop:
    """The planted shop after several loads, with its files, all that was staged, and rejected records."""

    syncs: Syncs
    data_dir: Path

    @property
    def db(self) -> sqlite3.Connection:
        return self.syncs.db

    @property
    def staging(self) -> Path:
        return self.syncs.folder

    def redact(self, customer_id: int = PERSON_ID, *order_ids: int) -> Redaction:
        """Redact as ``make redact`` does."""
        redaction = redact_customer(self.db, [self.staging], self.data_dir, customer_id, order_ids)
        self.write_files()
        forget_what_was(self.db)
        return redaction

    def write_files(self) -> dict[str, Any]:
        """CSV files and summary; return what the summary says, without the time."""
        export_tables(self.db, self.data_dir, self.staging)
        export_reports(self.db, self.data_dir, self.staging)
        summary = compute_summary(self.db, 10)
        write_summary(summary, self.data_dir / "analytics_summary.json", self.staging)
        return summary | {"generated_at": ""}

    def found(self) -> set[str]:
        """Planted words in any file: the database, its log, the CSV files, the summary, what is staged."""
        return found_in(*planted.contents(self.data_dir))

    def staged(self) -> list[Any]:
        """All records that are staged."""
        pages = sorted(self.staging.glob("*/*/0*.ndjson.gz"))
        lines = b"".join(gzip.decompress(page.read_bytes()) for page in pages).splitlines()
        return [json.loads(line) for line in lines]

    def load_again(self, run: int) -> None:
        """What clearing the task ``load_sqlite`` of an earlier run does."""
        staged = [EntityStaging.finished(self.staging / f"run-{run}" / entity) for entity in ENTITIES]
        load_staged(self.db, staged, self.staging, f"run-{run}", self.syncs.warnings.append)


@pytest.fixture
def shop(syncs: Syncs, tmp_path: Path) -> Shop:
    """The planted shop, still open."""
    made = Shop(syncs, tmp_path / "data")
    syncs.load(customers=[planted.former_version()], orders=planted.orders()[5:])
    syncs.load(products=planted.products(), customers=planted.customers(), orders=planted.orders())
    syncs.load(customers=planted.unreadable_customers(), orders=planted.unreadable_orders())
    made.write_files()
    return made


def test_nothing_of_the_person_is_left_in_any_file(shop: Shop) -> None:
    assert (shop.data_dir / "shopify_data.db-wal").stat().st_size > 0
    assert shop.found() == PLANTED
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert shop.found() == set()
    shop.db.close()
    assert shop.found() == set()


def test_what_earlier_loads_have_deleted_is_not_left_in_free_pages(syncs: Syncs, tmp_path: Path) -> None:
    """Some builds of SQLite overwrite what is deleted, others do not."""
    syncs.db.execute("PRAGMA secure_delete = OFF")
    database, word = tmp_path / "data" / "shopify_data.db", "hinterdornach"
    syncs.load(customers=[customer(1, tags=[], note=word * 2_000)])
    syncs.load(customers=planted.customers())
    syncs.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert word not in "".join(dump(syncs.db))
    assert word.encode() in database.read_bytes()
    redact_customer(syncs.db, [syncs.folder], tmp_path, PERSON_ID)
    forget_what_was(syncs.db)
    assert word.encode() not in database.read_bytes()


def test_it_tells_how_much_was_blanked_where(shop: Shop) -> None:
    redaction = shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert redaction == Redaction(
        blanked={
            "customers": 1,
            "orders": 5,
            "line_items": 1,
            "refunds": 1,
            "discount_allocations": 1,
            "staged records": 11,
            "rejected_records": 4,
        },
        namesakes=[],
    )


def test_the_orders_are_those_by_id_by_customer_and_by_a_guests_email(shop: Shop) -> None:
    shop.redact()
    emails = {number: rows(shop.db, "orders")[order_id(number)]["email"] for number in range(1, 8)}
    old, other = planted.OLD_EMAIL, planted.OTHER_EMAIL
    assert emails == {1: None, 2: None, 3: None, 4: old, 5: old, 6: other, 7: other}


def test_an_order_that_is_named_tells_an_email_of_the_person(shop: Shop) -> None:
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert rows(shop.db, "orders")[order_id(5)]["email"] is None


def test_everybody_else_is_left_alone(shop: Shop) -> None:
    ids = {OTHER_ID, FIRST_CUSTOMER_ID + 3, *map(order_id, (6, 7, 14))}

    def others() -> list[Any]:
        customers, orders = rows(shop.db, "customers"), rows(shop.db, "orders")
        rejected = "SELECT * FROM rejected_records WHERE record_id IN (?, ?)"
        return [
            customers[OTHER_ID],
            [orders[order_id(number)] for number in (6, 7)],
            select(shop.db, rejected, FIRST_CUSTOMER_ID + 3, order_id(14)),
            select(shop.db, "SELECT * FROM line_items WHERE order_id >= ?", order_id(6)),
            [record for record in shop.staged() if record["id"] in ids],
        ]

    before = others()
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert others() == before
    assert len(before[-1]) == 7


def test_every_figure_stays_and_is_what_a_rebuild_makes(shop: Shop) -> None:
    summary, before = shop.write_files(), derived(shop.db)
    assert summary["repeat_rate_percent"] == 100.0
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert (shop.write_files(), derived(shop.db)) == (summary, before)
    rebuild(shop.db, shop.data_dir)
    assert derived(shop.db) == before


def test_a_second_redaction_finds_nothing_and_changes_nothing(shop: Shop) -> None:
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    before, staged = dump(shop.db), shop.staged()
    again = shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert set(again.blanked.values()) == {0}
    assert (dump(shop.db), shop.staged()) == (before, staged)


@pytest.mark.parametrize("run", [1, 2, 3])
def test_what_was_staged_before_does_not_bring_it_back(shop: Shop, run: int) -> None:
    figures = shop.write_files()
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    shop.load_again(run)
    assert shop.write_files() == figures
    assert shop.found() == set()


def test_a_rejected_record_keeps_waiting_without_its_content(shop: Shop) -> None:
    shop.redact()
    waiting = (
        "SELECT record_id, reason, payload FROM rejected_records WHERE record_id <= ? ORDER BY record_id"
    )
    assert select(shop.db, waiting, order_id(13)) == [
        (order_id(number), "redacted", '{"redacted": true}') for number in (11, 12, 13)
    ]


def test_a_customer_whom_only_a_rejected_record_tells_is_known(syncs: Syncs, tmp_path: Path) -> None:
    syncs.load(customers=planted.unreadable_customers())
    redaction = redact_customer(syncs.db, [syncs.folder], tmp_path, PERSON_ID)
    assert {where: number for where, number in redaction.blanked.items() if number} == {
        "staged records": 1,
        "rejected_records": 1,
    }


def test_a_customer_whom_only_orders_tell_is_known(syncs: Syncs, tmp_path: Path) -> None:
    syncs.load(orders=planted.orders())
    assert redact_customer(syncs.db, [syncs.folder], tmp_path, PERSON_ID).blanked["orders"] == 3


def test_a_customer_whom_only_staging_tells_is_known(shop: Shop) -> None:
    staged = stage(shop.staging / "run-9" / "customers", [customer(9, first_name="Ildegundis")])
    assert shop.redact(FIRST_CUSTOMER_ID + 9).blanked["staged records"] == 1
    ((record,),) = staged.pages()
    assert record["rows"]["customers"][0]["first_name"] is None


def test_an_unknown_customer_is_refused_and_nothing_changes(shop: Shop) -> None:
    before, staged = dump(shop.db), shop.staged()
    with pytest.raises(RedactionRefused) as refused:
        shop.redact(FIRST_CUSTOMER_ID + 99, FIRST_ORDER_ID + 99)
    assert str(refused.value) == (
        "Nothing is known here of a customer 8200000000099: use the id that Shopify has for them"
    )
    assert (dump(shop.db), shop.staged()) == (before, staged)


def test_amid_a_sync_it_is_refused(shop: Shop) -> None:
    open_run(shop.db, "scheduled__1", full_sync=False)
    with pytest.raises(RedactionRefused) as refused:
        shop.redact()
    assert str(refused.value) == (
        "The run scheduled__1 is going on and may hold the customer: wait until it has ended, then do this "
        "again. If it was killed, the next sync closes it"
    )
    close_run(shop.db, "scheduled__1", "failed")
    begin_try(shop.db, Try("scheduled__1", "fetch_orders", 2))
    with pytest.raises(RedactionRefused, match="The run scheduled__1 is going on"):
        shop.redact()
    assert shop.found() == PLANTED


def test_files_that_a_killed_run_has_left_are_removed(shop: Shop) -> None:
    names = ("load.db", ".orders.csv.unfinished", "orders/.000002.ndjson.gz.unfinished")
    leftovers = [shop.staging / "run-2" / name for name in names]
    for leftover in leftovers:
        leftover.write_text(EMAIL, encoding="utf-8")
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert [leftover for leftover in leftovers if leftover.exists()] == []
    assert shop.found() == set()


def test_a_program_that_goes_on_reading_what_was_before_is_told_of(shop: Shop) -> None:
    shop.db.execute("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(shop.data_dir / "shopify_data.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customers").fetchone()
        with pytest.raises(RedactionRefused) as refused:
            shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
        assert str(refused.value) == (
            "What was blanked is still in the database's file or in its log, which another program is using: "
            "close that program, then do this again"
        )
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert shop.found() == set()


def test_other_customers_with_the_same_email_are_named_and_left_alone(syncs: Syncs, tmp_path: Path) -> None:
    syncs.load(
        customers=[customer(number, email=EMAIL) for number in (1, 2, 3)],
        orders=[order(1, email=EMAIL.upper()), order(2, email=EMAIL), order(3, customer=None, email=EMAIL)],
    )
    assert redact_customer(syncs.db, [syncs.folder], tmp_path, FIRST_CUSTOMER_ID + 2).namesakes == [
        FIRST_CUSTOMER_ID + 1,
        FIRST_CUSTOMER_ID + 3,
    ]
    emails = {row["id"] % 10: row["email"] for row in rows(syncs.db, "orders").values()}
    assert emails == {1: EMAIL.upper(), 2: None, 3: None}
    assert rows(syncs.db, "orders")[order_id(3)]["buyer_id"] == FIRST_CUSTOMER_ID + 1


def test_buyers_are_kept_although_a_migration_has_just_made_them_out_of_date(shop: Shop) -> None:
    figures = shop.write_files()
    set_metadata(shop.db, AGGREGATES_STALE, "1")
    shop.db.execute("UPDATE orders SET buyer_id = NULL")
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    assert shop.write_files() == figures


def test_the_buyer_is_kept_when_the_store_then_blanks_the_order_itself(shop: Shop) -> None:
    figures, theirs = shop.write_files(), [order_id(number) for number in (1, 3, 4, 5)]
    shop.redact(PERSON_ID, GUEST_WITH_OLD_EMAIL)
    blank = {"email": "", "updated_at": "2026-11-21T00:00:00Z", "customer": None}
    shop.syncs.load(orders=[record | blank for record in planted.orders() if record["id"] in theirs])
    assert shop.write_files() == figures
