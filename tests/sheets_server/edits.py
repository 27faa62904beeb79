"""``spreadsheets.batchUpdate``: requests in their order, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sheets_server import edits_of_cells, edits_of_ranges, edits_of_sheets, metadata
from tests.sheets_server.book import Change
from tests.sheets_server.errors import ApiError, NotModelled

Edit = Callable[[Change, dict[str, Any]], dict[str, Any]]

REQUEST_LIMIT = 100_000
EDITS: dict[str, Edit] = {
    "addNamedRange": edits_of_ranges.add_named_range,
    "addProtectedRange": edits_of_ranges.add_protected_range,
    "addSheet": edits_of_sheets.add_sheet,
    "appendDimension": edits_of_sheets.append_dimension,
    "clearBasicFilter": edits_of_ranges.clear_basic_filter,
    "copyPaste": edits_of_cells.copy_paste,
    "deleteDimension": edits_of_sheets.delete_dimension,
    "deleteNamedRange": edits_of_ranges.delete_named_range,
    "deleteProtectedRange": edits_of_ranges.delete_protected_range,
    "deleteSheet": edits_of_sheets.delete_sheet,
    "duplicateSheet": edits_of_sheets.duplicate_sheet,
    "repeatCell": edits_of_cells.repeat_cell,
    "setBasicFilter": edits_of_ranges.set_basic_filter,
    "updateCells": edits_of_cells.update_cells,
    "updateDimensionProperties": edits_of_ranges.update_dimension_properties,
    "updateProtectedRange": edits_of_ranges.update_protected_range,
    "updateSheetProperties": edits_of_sheets.update_sheet_properties,
    "updateSpreadsheetProperties": edits_of_ranges.update_spreadsheet_properties,
}


def batch_update(change: Change, body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``spreadsheets.batchUpdate``.

    Raises ApiError, which names the request at fault, and NotModelled for a kind that is not among EDITS.
    """
    requests = body.get("requests", [])
    if not requests:
        raise ApiError(400, "Must specify at least one request.")
    if len(requests) > REQUEST_LIMIT:
        raise ApiError(400, "Cannot exceed 100000 requests in a single batch.")
    replies = []
    for number, request in enumerate(requests):
        if len(request) != 1:
            raise ApiError(400, f"Invalid requests[{number}]: No request set.")
        ((kind, content),) = request.items()
        if kind not in EDITS:
            raise NotModelled(kind)
        try:
            reply = EDITS[kind](change, content)
        except ApiError as error:
            raise error.within(f"requests[{number}].{kind}") from None
        replies.append({kind: reply} if reply else {})
    answer: dict[str, Any] = {
        "spreadsheetId": change.book.book_id,
        "replies": replies,
        "commentUpdateState": "NO_UPDATES_REQUESTED",
    }
    if body.get("includeSpreadsheetInResponse"):
        cells = body.get("responseIncludeGridData", False)
        ranges = body.get("responseRanges", [])
        answer["updatedSpreadsheet"] = metadata.spreadsheet(change, cells=cells, ranges=ranges)
    return answer
