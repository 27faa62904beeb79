"""One spreadsheet: its sheets, who may do what, and what a test can ask about it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.errors import LAST_SHEET, LAST_VISIBLE, PROTECTED, TOO_MANY_CELLS, ApiError
from tests.sheets_server.grid import Sheet, Value
from tests.sheets_server.person import HandEdits

CELL_LIMIT = 10_000_000
Answer = TypeVar("Answer")


@dataclass
class State:
    """What a batch changes, all of it or nothing. A state that was published never changes again."""

    properties: dict[str, Any]
    sheets: list[Sheet] = field(default_factory=list)
    named_ranges: list[dict[str, Any]] = field(default_factory=list)
    next_id: int = 1

    def draft(self) -> State:
        """Return a copy to change."""
        return State(
            copy.deepcopy(self.properties),
            [sheet.draft() for sheet in self.sheets],
            list(self.named_ranges),
            self.next_id,
        )

    def new_id(self) -> int:
        """Return a number that looks as drawn by lot, and that nothing in the book has yet."""
        self.next_id += 1
        return self.next_id * 1_103_515_245 % 2**31

    def sheet(self, sheet_id: int, refusal: str = "No grid with id: {}") -> Sheet:
        """Return a sheet by its id; raises ApiError if there is none."""
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise ApiError(400, refusal.format(sheet_id))

    def titled(self, title: str) -> Sheet | None:
        """Return a sheet by its title, in any case."""
        folded = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == folded), None)

    def range(self, text: str) -> tuple[Sheet, Area | None]:
        """Return what a range in A1 notation stands for; raises ApiError if it stands for nothing."""
        try:
            title, area = a1.parse(text)
        except ValueError:
            raise ApiError(400, f"Unable to parse range: {text}") from None
        if title is None:
            return self.sheets[0], area
        sheet = self.titled(title)
        if sheet is not None:
            return sheet, area
        for named in self.named_ranges if area is None else []:
            if named["name"].casefold() == title.casefold():
                return self.grid_range(named["range"])
        raise ApiError(400, f"Unable to parse range: {text}")

    def grid_range(self, given: dict[str, Any]) -> tuple[Sheet, Area]:
        """Return what a GridRange stands for."""
        return self.sheet(given.get("sheetId", 0)), Area.of(given)

    def remove(self, sheet: Sheet) -> None:
        """Take a sheet out, and the named ranges on it; raises ApiError if no other one is visible."""
        if len(self.sheets) == 1:
            raise ApiError(400, LAST_SHEET)
        if all(other.hidden for other in self.sheets if other is not sheet):
            raise ApiError(400, LAST_VISIBLE)
        self.sheets = [other for other in self.sheets if other is not sheet]
        self.reindex()
        names = self.named_ranges
        self.named_ranges = [one for one in names if one["range"].get("sheetId", 0) != sheet.sheet_id]

    def reindex(self) -> None:
        """Number the sheets in their order."""
        for index, sheet in enumerate(self.sheets):
            sheet.index = index

    def check_budget(self) -> None:
        """Raise ApiError if the grids have too many cells together."""
        if sum(sheet.cells for sheet in self.sheets) > CELL_LIMIT:
            raise ApiError(400, TOO_MANY_CELLS)


class Book(HandEdits):
    """A spreadsheet. ``state`` is what every reader sees; a change publishes the next one whole.

    ``watchers`` are called after each change with the book, before anybody else can change it.
    """

    def __init__(self, book_id: str, *, title: str, locale: str, time_zone: str) -> None:
        self.book_id = book_id
        self.owner = "owner@example.com"
        self.created_by = self.owner
        self.is_office_file = False
        self.roles: dict[str, str | None] = {}
        self.watchers: list[Callable[[Book], object]] = []
        self._lock = threading.RLock()
        properties = {"title": title, "locale": locale, "autoRecalc": "ON_CHANGE", "timeZone": time_zone}
        self.state = State(properties, [Sheet(0, "Sheet1")])

    def share(self, email: str, role: str) -> None:
        """Let an account read (``reader``) or also write (``writer``)."""
        self.roles[email] = role

    def unshare(self, email: str) -> None:
        """Let an account do nothing."""
        self.roles[email] = None

    @property
    def titles(self) -> list[str]:
        """The titles of all sheets, the hidden ones too, in their order."""
        return [sheet.title for sheet in self.state.sheets]

    @property
    def cells(self) -> int:
        """How many cells all grids have together, of the 10 million that a book may have."""
        return sum(sheet.cells for sheet in self.state.sheets)

    def sheet(self, title: str) -> Sheet:
        """Return a sheet as it is now, not to be changed; raises KeyError if there is none."""
        for sheet in self.state.sheets:
            if sheet.title == title:
                return sheet
        raise KeyError(title)

    def values(self, title: str) -> list[list[Value]]:
        """Return what a sheet shows as UNFORMATTED_VALUE: blanks are ``""``, those at the ends missing."""
        return trimmed(self.sheet(title).rows)

    def change(self, edit: Callable[[State], Answer]) -> Answer:
        """Publish what ``edit`` makes of the state, and return its answer; if it raises, nothing changes."""
        with self._lock:
            draft = self.state.draft()
            answer = edit(draft)
            self.state = draft
            for watch in self.watchers:
                watch(self)
        return answer


@dataclass(frozen=True)
class Change:
    """A state of a book in the hands of a user, who reads it or changes it."""

    book: Book
    state: State
    user: str

    def guard(self, sheet: Sheet, box: Box) -> None:
        """Raise ApiError if the box, or a part of it, is protected against the user."""
        for protection in self._barred(sheet):
            if not sheet.spread(Area.of(protection["range"])).meets(box):
                continue
            free = [sheet.spread(Area.of(part)) for part in protection.get("unprotectedRanges", [])]
            if not any(part.holds(box) for part in free):
                raise ApiError(400, PROTECTED)

    def guard_sheet(self, sheet: Sheet) -> None:
        """Raise ApiError if the sheet as a whole is protected against the user."""
        if any(Area.of(protection["range"]) == Area() for protection in self._barred(sheet)):
            raise ApiError(400, PROTECTED)

    def _barred(self, sheet: Sheet) -> list[dict[str, Any]]:
        return [
            protection
            for protection in sheet.protections
            if not protection.get("warningOnly")
            and self.user not in (self.book.owner, *protection["editors"]["users"])
        ]


def trimmed(rows: list[tuple[Value, ...]]) -> list[list[Value]]:
    """Return the rows without the blanks at the ends of each, and at the end of all."""
    result = [list(row) for row in rows]
    for row in result:
        while row and row[-1] == "":
            row.pop()
    while result and not result[-1]:
        result.pop()
    return result
