"""Requests about what lies over the cells: protections, names, filters, widths; and about the book."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import masks
from tests.sheets_server.book import Change, State
from tests.sheets_server.errors import PROTECTED, ApiError, NotModelled
from tests.sheets_server.grid import Sheet, Span
from tests.sheets_server.metadata import protection

PROTECTION_FIELDS = {"description", "warningOnly", "editors", "range", "unprotectedRanges"}
BOOK_FIELDS = {"title", "locale", "timeZone", "autoRecalc"}


def add_protected_range(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Protect a range; who asks for it may always edit it, and so may the owner."""
    given = dict(request.get("protectedRange", {}))
    if "range" not in given:
        raise NotModelled("addProtectedRange without a range")
    sheet, area = change.state.grid_range(given["range"])
    sheet.box(area)
    wanted = given.setdefault("protectedRangeId", change.state.new_id())
    if any(one["protectedRangeId"] == wanted for other in change.state.sheets for one in other.protections):
        raise ApiError(400, f"There is already a protected range with id: {wanted}")
    _set_editors(given, change)
    sheet.protections.append(given)
    return {"protectedRange": protection(given, change.book, change.user)}


def update_protected_range(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Change what is protected, or against whom."""
    given = request.get("protectedRange", {})
    sheet, old = _protection(change.state, given.get("protectedRangeId", 0))
    mask = masks.of_update("ProtectedRange", request.get("fields", ""))
    names = PROTECTION_FIELDS if masks.EVERYTHING in mask else set(mask)
    if not names <= PROTECTION_FIELDS:
        raise NotModelled(f"updateProtectedRange of {', '.join(names - PROTECTION_FIELDS)}")
    _check_editor(old, change)
    new = {name: value for name, value in old.items() if name not in names}
    new |= {name: given[name] for name in names if name in given}
    _set_editors(new, change)
    sheet.protections.remove(old)
    change.state.grid_range(new["range"])[0].protections.append(new)
    return {}


def delete_protected_range(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Take a protection away; those who may not edit the range may not do this."""
    sheet, old = _protection(change.state, request.get("protectedRangeId", 0))
    _check_editor(old, change)
    sheet.protections.remove(old)
    return {}


def _protection(state: State, wanted: int) -> tuple[Sheet, dict[str, Any]]:
    for sheet in state.sheets:
        for one in sheet.protections:
            if one["protectedRangeId"] == wanted:
                return sheet, one
    raise ApiError(400, f"No protected range with id: {wanted}")


def _check_editor(given: dict[str, Any], change: Change) -> None:
    if not given.get("warningOnly") and change.user not in (change.book.owner, *given["editors"]["users"]):
        raise ApiError(400, PROTECTED)


def _set_editors(given: dict[str, Any], change: Change) -> None:
    """A protection that only warns has no editors; every other one has at least two."""
    editors = given.pop("editors", {})
    if not given.get("warningOnly"):
        users = dict.fromkeys([change.user, change.book.owner, *editors.get("users", [])])
        given["editors"] = editors | {"users": list(users)}


def add_named_range(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Name a range."""
    given = dict(request.get("namedRange", {}))
    name = given.get("name", "")
    if any(one["name"].casefold() == name.casefold() for one in change.state.named_ranges):
        raise ApiError(400, f'A named range with the name "{name}" already exists.')
    sheet, area = change.state.grid_range(given.get("range", {}))
    sheet.box(area)
    given.setdefault("namedRangeId", str(change.state.new_id()))
    change.state.named_ranges.append(given)
    return {"namedRange": given}


def delete_named_range(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Take a name away."""
    wanted = request.get("namedRangeId", "")
    rest = [one for one in change.state.named_ranges if one["namedRangeId"] != wanted]
    if len(rest) == len(change.state.named_ranges):
        raise ApiError(400, f"No named range with id: {wanted}")
    change.state.named_ranges = rest
    return {}


def set_basic_filter(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Set the filter of a sheet; rows that it would hide stay where they are."""
    given = request.get("filter", {})
    if given.keys() - {"range"}:
        raise NotModelled(f"setBasicFilter with {', '.join(given.keys() - {'range'})}")
    sheet, area = change.state.grid_range(given.get("range", {}))
    sheet.box(area)
    sheet.basic_filter = given
    return {}


def clear_basic_filter(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Take the filter of a sheet away, if it has one."""
    change.state.sheet(request.get("sheetId", 0)).basic_filter = None
    return {}


def update_dimension_properties(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Set the width of columns or the height of rows, or hide them."""
    given = request.get("range", {})
    if not given:
        raise NotModelled("updateDimensionProperties without a range")
    sheet = change.state.sheet(given.get("sheetId", 0))
    dimension = given.get("dimension", "ROWS")
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    start, end = given.get("startIndex", 0), given.get("endIndex", size)
    if start >= size or end > size:
        raise ApiError(400, f"Index out of bounds: {dimension} {start}:{end} of a grid with {size}")
    mask = masks.of_update("DimensionProperties", request.get("fields", ""))
    names = {"pixelSize", "hiddenByUser"} if masks.EVERYTHING in mask else set(mask)
    if not names <= {"pixelSize", "hiddenByUser"}:
        raise NotModelled(f"updateDimensionProperties of {', '.join(sorted(names))}")
    for name in sorted(names):
        sheet.mark(Span(dimension, start, end, name, request.get("properties", {}).get(name)))
    return {}


def update_spreadsheet_properties(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Change title, locale or time zone of the book."""
    given = request.get("properties", {})
    mask = masks.of_update("SpreadsheetProperties", request.get("fields", ""))
    names = BOOK_FIELDS & given.keys() if masks.EVERYTHING in mask else set(mask)
    if not names <= BOOK_FIELDS:
        raise NotModelled(f"updateSpreadsheetProperties of {', '.join(sorted(names - BOOK_FIELDS))}")
    change.state.properties |= {name: given[name] for name in names}
    return {}
