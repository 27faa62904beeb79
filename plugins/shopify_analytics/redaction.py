"""Blank one customer everywhere, as Shopify's webhook ``customers/redact`` asks.

It names the customer and some orders by id:
https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopify_analytics.aggregates import rebuild
from shopify_analytics.database import AGGREGATES_STALE, get_metadata, mark_changed, scratch, transaction
from shopify_analytics.errors import RedactionRefused
from shopify_analytics.exclusive import running_run
from shopify_analytics.personal_data import PERSONAL, Person
from shopify_analytics.places import Place, files, remove
from shopify_analytics.sql import statement
from shopify_analytics.staging import read_lines, write_lines

REDACTED = {"redacted": True}
ROWS_OF_PERSON = {"customers": "id = :customer_id", "orders": "id IN (SELECT id FROM orders_of_person)"}
STAGED_PAGE = re.compile(r"\d+\.ndjson\.gz")
# Half a file, and the scratch database of a load: only a killed process leaves them.
LEFTOVER = re.compile(r".*\.unfinished|.*\.db(-\w+)?")


@dataclass(frozen=True)
class Redaction:
    """How many rows and records were blanked, by where they are; ids of others with an e-mail of theirs."""

    blanked: dict[str, int]
    namesakes: list[int]


def redact_customer(
    db: sqlite3.Connection,
    staging: Collection[Place],
    workspace: Path,
    customer_id: int,
    order_ids: Collection[int] = (),
) -> Redaction:
    """Blank the customer and their orders: in the database, in what runs have staged, in rejected records.

    Theirs are the orders of the customer, those of ``order_ids``, and those of guests with an e-mail of
    theirs. No figure changes: a blanked order keeps its place and its buyer.

    :param staging: all places where pages of any run may be staged.
    :param workspace: a folder for a file that is only needed meanwhile.
    :raises RedactionRefused: for a customer of whom nothing is known here, and while a sync is going on.
    """
    if get_metadata(db, AGGREGATES_STALE):
        rebuild(db, workspace)
    person = Person(customer_id, set(order_ids))
    with scratch(db, workspace / "redaction.db"), transaction(db):
        _refuse_amid_a_sync(db)
        _remove_leftovers(staging)
        is_known = _find(db, staging, person)
        if not is_known:
            raise RedactionRefused(
                f"Nothing is known here of a customer {customer_id}: use the id that Shopify has for them"
            )
        namesakes = [row[0] for row in db.execute(statement("redact/namesakes"), _parameters(person))]
        # The database last: it knows the e-mails by which the rest is found, should this be cut short.
        elsewhere = {
            "staged records": _redact_staged(staging, person),
            "rejected_records": _redact_rejected(db, person),
        }
        return Redaction(_redact_tables(db, person) | elsewhere, namesakes)


def forget_what_was(db: sqlite3.Connection) -> None:
    """Let nothing that was deleted or overwritten stay in the files: neither in free pages nor in the log.

    It takes twice the size of the database on the disk meanwhile: https://www.sqlite.org/lang_vacuum.html

    :raises RedactionRefused: when another program goes on reading what was before.
    """
    try:
        db.execute("VACUUM")
        is_busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise
        is_busy = True
    if is_busy:
        raise RedactionRefused(
            "What was blanked is still in the database's file or in its log, which another program is using: "
            "close that program, then do this again"
        )


def _refuse_amid_a_sync(db: sqlite3.Connection) -> None:
    if running := running_run(db):
        raise RedactionRefused(
            f"The run {running} is going on and may hold the customer: wait until it has ended, then do "
            "this again. If it was killed, the next sync closes it"
        )


def _remove_leftovers(staging: Collection[Place]) -> None:
    for file in _files(staging):
        if LEFTOVER.fullmatch(file.name):
            remove(file)


def _find(db: sqlite3.Connection, staging: Collection[Place], person: Person) -> bool:
    """Find what tells the person, and their orders (``orders_of_person``); whether there is anything."""
    db.execute("CREATE TABLE scratch.orders_of_person (id INTEGER PRIMARY KEY)")
    db.execute(statement("redact/named_orders"), _parameters(person))
    contacts = db.execute(statement("redact/contacts"), _parameters(person)).fetchall()
    is_known = bool(contacts) or db.execute("SELECT 1 FROM orders_of_person").fetchone() is not None
    for contact in contacts:
        person.learn(*contact)
    for entity, record in _records_elsewhere(db, staging):
        row = record["rows"][entity][0] if "rows" in record else None
        if person.owns(entity, row) if row else person.has(entity, record["id"]):
            is_known = True
            _learn_from(person, row or record["payload"])
    db.execute(statement("redact/guest_orders"), _parameters(person))
    person.order_ids.update(row[0] for row in db.execute("SELECT id FROM orders_of_person"))
    return is_known


def _learn_from(person: Person, record: Any) -> None:
    if isinstance(record, dict) and record.get("customer_id") in (None, person.customer_id):
        person.learn(record.get("email"), record.get("phone"))


def _records_elsewhere(
    db: sqlite3.Connection, staging: Collection[Place]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record that is staged or was rejected, with its entity."""
    for page in _staged_pages(staging):
        for record in read_lines(page):
            yield page.parent.name, record
    for entity, record_id, payload in db.execute("SELECT entity, record_id, payload FROM rejected_records"):
        yield entity, {"id": record_id, "payload": json.loads(payload)}


def _redact_tables(db: sqlite3.Connection, person: Person) -> dict[str, int]:
    """Nothing that is derived from orders depends on these columns, once the orders' buyers are kept."""
    db.execute(statement("redact/keep_buyers"))
    blanked = {}
    for table, personal in PERSONAL.items():
        theirs = ROWS_OF_PERSON.get(table, "order_id IN (SELECT id FROM orders_of_person)")
        is_filled = " OR ".join(f"{column} IS NOT NULL" for column in personal.columns)
        blanked[table] = db.execute(
            f"""
            UPDATE {table}
            SET {", ".join(f"{column} = NULL" for column in personal.columns)}
            WHERE {theirs} AND {personal.condition} AND ({is_filled})
            """,
            _parameters(person),
        ).rowcount
    mark_changed(db, (table for table, rows in blanked.items() if rows))
    return blanked


def _redact_rejected(db: sqlite3.Connection, person: Person) -> int:
    """Rejected records stay, without their content: the next sync asks for them again."""
    rejected = db.execute("SELECT rowid, entity, record_id, payload FROM rejected_records")
    theirs = [
        (json.dumps(REDACTED), rowid)
        for rowid, entity, record_id, payload in rejected
        if _is_theirs(person, entity, record_id, json.loads(payload))
    ]
    db.executemany("UPDATE rejected_records SET reason = 'redacted', payload = ? WHERE rowid = ?", theirs)
    return len(theirs)


def _redact_staged(staging: Collection[Place], person: Person) -> int:
    blanked = 0
    for page in _staged_pages(staging):
        records = read_lines(page)
        theirs = sum(_blank_staged(page.parent.name, record, person) for record in records)
        if theirs:
            write_lines(page, records)
        blanked += theirs
    return blanked


def _blank_staged(entity: str, record: dict[str, Any], person: Person) -> bool:
    """Blank a staged record if it is theirs; whether there was anything to blank."""
    if "rows" not in record:
        is_theirs = _is_theirs(person, entity, record["id"], record["payload"])
        if is_theirs:
            record |= {"rejected": "redacted", "payload": REDACTED}
        return is_theirs
    rows = record["rows"]
    if not person.owns(entity, rows[entity][0]):
        return False
    blanked = [PERSONAL[table].blank(row) for table in rows.keys() & PERSONAL.keys() for row in rows[table]]
    return any(blanked)


def _is_theirs(person: Person, entity: str, record_id: int | None, payload: Any) -> bool:
    return payload != REDACTED and (person.has(entity, record_id) or person.is_named_in(payload))


def _staged_pages(staging: Collection[Place]) -> list[Place]:
    return [file for file in _files(staging) if STAGED_PAGE.fullmatch(file.name)]


def _files(staging: Collection[Place]) -> Iterator[Place]:
    for place in staging:
        yield from files(place)


def _parameters(person: Person) -> dict[str, Any]:
    return {
        "customer_id": person.customer_id,
        "order_ids": json.dumps(sorted(person.order_ids)),
        "emails": json.dumps(sorted(person.emails)),
    }
