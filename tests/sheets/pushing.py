"""A database beside a spreadsheet: push, and hold one against the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from google.oauth2.service_account import Credentials
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.figures import FIGURES
from shopify_analytics.reports import run_report
from shopify_analytics.sheets.client import SheetsClient
from shopify_analytics.sheets.push import push
from shopify_analytics.sheets.sources import USUAL, Where

from tests.sheets import oracle
from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.book import State
from tests.sheets_server.clients import credentials
from tests.sheets_server.server import Request

BOOK = "book-1"
LONG_AGO = "2026-01-01T00:00:00Z"


@cache
def _read(email: str, private_key: str) -> Credentials:
    """Credentials, for any token server; to read a key takes long."""
    return credentials({"client_email": email, "private_key": private_key, "token_uri": ""})


@dataclass
class Desk:
    """What pushes a database into spreadsheets, and looks at both.

    ``db`` may stand for the connection: the tests of kills have one that dies.
    """

    db: sqlite3.Connection
    database: Path
    server: SheetsServer
    auth: Credentials
    spreadsheets: dict[str, str] = field(default_factory=lambda: dict.fromkeys(USUAL, BOOK))
    newest_orders: int = 0
    personal_data: bool = True
    endpoint: str = ""
    pushes: int = 0

    @classmethod
    def at(cls, db: sqlite3.Connection, database: Path, server: SheetsServer) -> Desk:
        """With the key of a service account."""
        key = server.service_account()
        return cls(
            db,
            database,
            server,
            _read(key["client_email"], key["private_key"]).with_token_uri(key["token_uri"]),
        )

    def restore(self, database: bytes, state: State) -> None:
        """Go to a moment at which database and spreadsheet were like this."""
        file = self.database.with_name("before.db")
        file.write_bytes(database)
        with closing(sqlite3.connect(file)) as before:
            before.backup(self.db)
        self.book().state = state

    def book(self, tab: str = "Orders") -> Book:
        """The spreadsheet of a tab."""
        return self.server.books[self.spreadsheets[tab]]

    @contextmanager
    def client(self) -> Iterator[SheetsClient]:
        """A client as a push has it."""
        account = str(self.auth.service_account_email)
        client = SheetsClient(self.auth, endpoint=self.endpoint or self.server.url, account=account)
        try:
            yield client
        finally:
            client.session.close()

    def push(self) -> dict[str, Any]:
        """Push; return what was done by tab, and the number of requests."""
        self.pushes += 1
        with self.client() as client:
            return push(
                self.db,
                self.database,
                client,
                Where(self.spreadsheets, self.newest_orders),
                f"run {self.pushes}",
                personal_data=self.personal_data,
            )

    def asked(self) -> list[Request]:
        """The requests of one push, without those for tokens."""
        before = len(self.server.requests)
        self.push()
        return [request for request in self.server.requests[before:] if request.kind != "token"]

    def let_an_hour_pass(self) -> None:
        """Have the next push read back what the tabs hold."""
        self.db.execute("UPDATE sheet_tabs SET checked_at = ?, checked_row = 1", (LONG_AGO,))

    def push_and_check(self, **what: Any) -> dict[str, Any]:
        """Push, and find everything equal; return what was done."""
        done = self.push()
        self.check(**what)
        return done

    def check(self, oldest_order: int | None = None) -> None:
        """Find that the tabs show what the CSV files have, and that the database knows what they show."""
        folder = self.database.parent
        export_tables(self.db, folder, folder / "workspace", personal_data=self.personal_data)
        export_reports(self.db, folder, folder / "workspace")
        counts = {}
        for tab in [tab for tab in (*oracle.FILES, *oracle.ON_REQUEST) if tab in self.spreadsheets]:
            header, rows = oracle.of_csv(folder, tab)
            if oldest_order and tab in ("Orders", "LineItems"):
                place = header.index("order_id")
                rows = {key: row for key, row in rows.items() if int(str(row[place][1])) >= oldest_order}
            self._check_tab(tab, header, rows)
            counts[tab] = len(rows)
        self._check_summary(counts)
        self._check_books()

    def _check_tab(self, tab: str, header: list[str], rows: oracle.Table) -> None:
        book = self.book(tab)
        sheet = book.sheet(tab)
        shown = oracle.of_book(book, tab, len(header))
        assert book.values(tab)[0] == header
        assert oracle.by_key(shown) == rows
        grid = (sheet.row_count, sheet.column_count, sheet.frozen_row_count)
        assert grid == (max(len(rows) + 1, 2), len(header), 1), tab
        assert oracle.formats(book, tab) == oracle.expected_formats(header), tab
        known = {
            str(key): row for key, row in self._known("SELECT key, row FROM sheet_rows WHERE tab = ?", tab)
        }
        assert known == {str(row[0][1]): place for place, row in enumerate(shown, 2)}, tab

    def _check_summary(self, counts: dict[str, int]) -> None:
        lines = {row[0]: row[1] if len(row) > 1 else "" for row in self.book("Summary").values("Summary")}
        headline = run_report(self.db, "headline")[0]
        expected = {figure.name: headline[figure.key] for figure in FIGURES}
        expected |= {f"Rows in {tab}": rows for tab, rows in counts.items()}
        assert {name: lines[name] for name in expected} == {
            name: "" if value is None else value for name, value in expected.items()
        }

    def _check_books(self) -> None:
        for spreadsheet_id in set(self.spreadsheets.values()):
            book = self.server.books[spreadsheet_id]
            assert [title for title in book.titles if title.startswith("_")] == ["_sync"]
            ours = [tab for tab, its in self.spreadsheets.items() if its == spreadsheet_id]
            marked = {line[0]: line[:4] for line in book.values("_sync")[1:] if line}
            known = self._known("SELECT tab, push_id, rows, sheet_id FROM sheet_tabs")
            assert {tab: marked[tab] for tab in ours} == {
                tab: [tab, push_id, rows, "complete"] for tab, push_id, rows, _ in known if tab in ours
            }
            assert {tab: book.sheet(tab).sheet_id for tab in ours} == {
                tab: sheet_id for tab, _, _, sheet_id in known if tab in ours
            }
        assert self._known("SELECT * FROM sheet_pushes") == self._known("SELECT * FROM sheet_changes") == []

    def _known(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.db.execute(query, values).fetchall()
