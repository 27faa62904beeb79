"""What people do to a spreadsheet in their browser. No quota counts it, and no protection stops the owner."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.sheets_server import a1, shifting
from tests.sheets_server.a1 import Area
from tests.sheets_server.grid import Sheet, Value

if TYPE_CHECKING:
    from tests.sheets_server.book import State


class HandEdits(ABC):
    """Rows are counted from 1 and columns named by letters, as people see them."""

    owner: str

    @abstractmethod
    def change(self, edit: Callable[[State], Any]) -> Any:
        """Publish what ``edit`` makes of the state."""

    def edit(self, title: str, cell: str, value: Value) -> None:
        """Type into one cell, or empty it with ``""``; the value is kept as it is given.

        :raises IndexError: where the grid has no such cell.
        """
        _, area = a1.parse(cell)
        if area is None or not area.single:
            raise ValueError(cell)
        place = area

        def put(sheet: Sheet) -> None:
            if place.row >= sheet.row_count or place.column >= sheet.column_count:
                raise IndexError(cell)
            sheet.put(place.row, place.column, (value,))

        self._on(title, put)

    def clear(self, title: str, cells: str | None = None) -> None:
        """Empty a range such as ``A2:C``, or the whole sheet."""
        area = a1.parse(cells)[1] if cells else Area()
        self._on(title, lambda sheet: sheet.clear(sheet.box(area)))

    def delete_row(self, title: str, row: int) -> None:
        """Delete one row; those below move up."""
        self._on(title, lambda sheet: shifting.cut(sheet, True, row - 1, row))

    def insert_row(self, title: str, before: int) -> None:
        """Insert a blank row above another one."""
        self._on(title, lambda sheet: shifting.insert(sheet, True, before - 1))

    def delete_column(self, title: str, column: str) -> None:
        """Delete one column."""
        number = a1.column_number(column)
        self._on(title, lambda sheet: shifting.cut(sheet, False, number, number + 1))

    def add_column(self, title: str, before: str = "", header: Value = "") -> None:
        """Insert a column left of another one, or behind the last one, and write its header."""

        def add(sheet: Sheet) -> None:
            number = a1.column_number(before) if before else sheet.column_count
            shifting.insert(sheet, False, number)
            sheet.put(0, number, (header,))

        self._on(title, add)

    def add_rows(self, title: str, count: int) -> None:
        """Add blank rows at the end of the grid."""
        self._on(title, lambda sheet: sheet.resize(sheet.row_count + count, sheet.column_count))

    def sort(self, title: str, column: str, *, descending: bool = False) -> None:
        """Sort the rows below the frozen ones by a column; numbers come before texts, and blanks last."""
        number = a1.column_number(column)

        def key(row: tuple[Value, ...]) -> tuple[bool, float, str]:
            value = row[number]
            text = isinstance(value, str)
            return text, 0 if isinstance(value, str) else value, str(value).casefold() if text else ""

        def sort(sheet: Sheet) -> None:
            head = max(sheet.frozen_row_count, 0)
            rows = sheet.own_rows(0)
            filled = [row for row in rows[head:] if number < len(row) and row[number] != ""]
            blank = [row for row in rows[head:] if number >= len(row) or row[number] == ""]
            rows[head:] = sorted(filled, key=key, reverse=descending) + blank

        self._on(title, sort)

    def rename(self, title: str, new_title: str) -> None:
        """Rename a sheet; raises ValueError if another one is called so."""

        def rename(state: State) -> None:
            sheet = _sheet(state, title)
            if state.titled(new_title) not in (None, sheet):
                raise ValueError(new_title)
            sheet.title = new_title

        self.change(rename)

    def hide(self, title: str, hidden: bool = True) -> None:
        """Hide a sheet, or show it."""
        self._on(title, lambda sheet: setattr(sheet, "hidden", hidden))

    def freeze(self, title: str, rows: int) -> None:
        """Freeze the first rows."""
        self._on(title, lambda sheet: setattr(sheet, "frozen_row_count", rows))

    def delete_sheet(self, title: str) -> None:
        """Delete a sheet; raises ApiError if it is the last one that people see."""
        self.change(lambda state: state.remove(_sheet(state, title)))

    def add_sheet(
        self,
        title: str,
        rows: list[list[Value]] | None = None,
        *,
        row_count: int = 1000,
        column_count: int = 26,
    ) -> None:
        """Add a sheet behind the others, and fill it; raises ValueError if another one is called so."""

        def add(state: State) -> None:
            if state.titled(title):
                raise ValueError(title)
            sheet = Sheet(state.new_id(), title, row_count=row_count, column_count=column_count)
            sheet.rows = [tuple(row) for row in rows or []]
            state.sheets.append(sheet)
            state.reindex()
            state.check_budget()

        self.change(add)

    def move_sheet(self, title: str, index: int) -> None:
        """Drag a sheet to another place; 0 is the first."""

        def move(state: State) -> None:
            sheet = _sheet(state, title)
            state.sheets = [other for other in state.sheets if other is not sheet]
            state.sheets.insert(index, sheet)
            state.reindex()

        self.change(move)

    def protect(
        self,
        title: str,
        cells: str | None = None,
        *,
        editors: tuple[str, ...] = (),
        warning_only: bool = False,
    ) -> None:
        """Protect a range, or the whole sheet, so that only the owner and ``editors`` may change it."""
        area = (a1.parse(cells)[1] if cells else None) or Area()

        def protect(state: State) -> None:
            sheet = _sheet(state, title)
            ends = {"endRowIndex": area.end_row, "endColumnIndex": area.end_column}
            given: dict[str, Any] = {"sheetId": sheet.sheet_id}
            given |= {"startRowIndex": area.row, "startColumnIndex": area.column} if cells else {}
            given |= {name: end for name, end in ends.items() if end is not None}
            one: dict[str, Any] = {"protectedRangeId": state.new_id(), "range": given}
            users = {"users": [self.owner, *editors]}
            sheet.protections.append(one | ({"warningOnly": True} if warning_only else {"editors": users}))

        self.change(protect)

    def unprotect(self, title: str) -> None:
        """Take all protections of a sheet away."""
        self._on(title, lambda sheet: sheet.protections.clear())

    def _on(self, title: str, edit: Callable[[Sheet], object]) -> None:
        self.change(lambda state: edit(_sheet(state, title)))


def _sheet(state: State, title: str) -> Sheet:
    for sheet in state.sheets:
        if sheet.title == title:
            return sheet
    raise KeyError(title)
