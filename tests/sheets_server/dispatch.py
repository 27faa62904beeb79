"""Which function answers which method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sheets_server import edits, edits_of_sheets, masks, metadata, values
from tests.sheets_server.book import Book, Change, State
from tests.sheets_server.discovery import Method
from tests.sheets_server.errors import NO_PERMISSION, ApiError, NotModelled
from tests.sheets_server.identity import ANONYMOUS, DRIVE_FILE, Token
from tests.sheets_server.masks import Mask

if TYPE_CHECKING:
    from tests.sheets_server.server import SheetsServer

PREFIX = "sheets.spreadsheets."
NOT_FOUND = "Requested entity was not found."
OFFICE_FILE = "This operation is not supported for this document"


@dataclass(frozen=True)
class Asked:
    """A request that fits the API's description."""

    method: Method
    path: dict[str, str]
    query: dict[str, Any]
    body: dict[str, Any]
    token: Token

    @property
    def mask(self) -> Mask:
        """What of the answer is asked for; raises ApiError if the answer never has it."""
        fields = self.query.get("fields")
        return masks.of_answer(self.method.response, fields) if fields else {}


def answer(server: SheetsServer, asked: Asked) -> dict[str, Any]:
    """Return the answer's JSON; raises ApiError, or NotModelled for a method that is not here."""
    name, query, body, mask = asked.method.api_id.removeprefix(PREFIX), asked.query, asked.body, asked.mask
    if name == "create":
        return _create(server, body, asked.token.user)
    book = open_book(server, asked.path["spreadsheetId"], asked.token, write=asked.method.kind == "write")
    text = asked.path.get("range", "")
    reads: dict[str, Callable[[Change], dict[str, Any]]] = {
        "get": lambda seen: metadata.get(seen, query, mask),
        "values.get": lambda seen: values.get(seen, text, query),
        "values.batchGet": lambda seen: values.batch_get(seen, query),
        "sheets.copyTo": lambda seen: _copy_to(server, seen, asked),
    }
    writes: dict[str, Callable[[Change], dict[str, Any]]] = {
        "batchUpdate": lambda change: edits.batch_update(change, body),
        "values.update": lambda change: values.update(change, text, query, body),
        "values.append": lambda change: values.append(change, text, query, body),
        "values.clear": lambda change: values.clear(change, text),
        "values.batchUpdate": lambda change: values.batch_update(change, body),
        "values.batchClear": lambda change: values.batch_clear(change, body),
    }
    user = asked.token.user
    if name in reads:
        return reads[name](Change(book, book.state, user))
    if name in writes:
        return book.change(lambda state: writes[name](Change(book, state, user)))
    raise NotModelled(asked.method.api_id)


def open_book(server: SheetsServer, book_id: str, token: Token, *, write: bool) -> Book:
    """Return a book, if the user may do this with it.

    Raises ApiError: 404 if there is none, 403 if it is not shared, 400 if it is an uploaded file.
    """
    book = server.books.get(book_id)
    if book is None:
        raise ApiError(404, NOT_FOUND)
    if token.scopes == {DRIVE_FILE} and book.created_by != token.user:
        raise ApiError(404, NOT_FOUND)
    role = server.anonymous_role if token.user == ANONYMOUS else _role(server, book, token.user)
    if role not in ("writer", "owner") and (write or role != "reader"):
        raise ApiError(403, NO_PERMISSION)
    if book.is_office_file:
        raise ApiError(400, OFFICE_FILE, status="FAILED_PRECONDITION")
    return book


def _role(server: SheetsServer, book: Book, user: str) -> str | None:
    if user == book.owner:
        return "owner"
    return book.roles.get(user, server.identities.roles.get(user))


def _create(server: SheetsServer, body: dict[str, Any], user: str) -> dict[str, Any]:
    """Answer ``spreadsheets.create``: a book of the user's own, with the sheets that it lists."""
    given = body.get("properties", {})
    if body.keys() - {"properties", "sheets"}:
        raise NotModelled(f"create with {', '.join(sorted(body.keys() - {'properties', 'sheets'}))}")
    book = server.add_book(
        f"created-{len(server.books) + 1}",
        title=given.get("title") or "Untitled spreadsheet",
        locale=given.get("locale", "en_US"),
        time_zone=given.get("timeZone", "Etc/UTC"),
    )
    book.owner = book.created_by = user
    sheets = body.get("sheets", [])

    def fill(state: State) -> None:
        state.sheets = [] if sheets else state.sheets
        for sheet in sheets:
            edits_of_sheets.add_sheet(Change(book, state, user), {"properties": sheet.get("properties", {})})

    book.change(fill)
    return metadata.spreadsheet(Change(book, book.state, user))


def _copy_to(server: SheetsServer, seen: Change, asked: Asked) -> dict[str, Any]:
    """Answer ``sheets.copyTo``: put a copy into a book that the user may write to."""
    source = seen.state.sheet(int(asked.path["sheetId"]), edits_of_sheets.NO_SHEET)
    target = open_book(server, asked.body.get("destinationSpreadsheetId", ""), asked.token, write=True)
    return target.change(lambda state: edits_of_sheets.copy_to(source, state))
