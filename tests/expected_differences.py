"""Orders whose ledger does not come to Shopify's own total, and why; worked out from raw JSON alone."""

from __future__ import annotations

from decimal import Decimal

from tests.books import Books
from tests.raw_records import Json, minor_units


def expected_differences(books: Books) -> dict[int, tuple[int, str]]:
    """Ledger less ``current_total_price`` in minor units, and the cause, by order."""
    found = {}
    for order_id, order in books.orders.items():
        worth = sum(entry.minor for entry in books.entries_of[order_id] if entry.kind != "adjustment")
        difference = worth - minor_units(Decimal(order["current_total_price"]), books.exponent)
        if difference:
            found[order_id] = (difference, _cause(books, order, difference))
    return found


def _cause(books: Books, order: Json, difference: int) -> str:
    entries = books.entries_of[order["id"]]
    adjusted, tipped = (
        sum(entry.minor for entry in entries if entry.kind == kind) for kind in ("adjustment", "tip")
    )
    if adjusted and difference == -adjusted:
        return "discrepancy"
    if tipped and abs(difference) == abs(tipped):
        return "tip"
    if abs(difference) <= len(entries):
        return "rounding"
    return "edit" if _is_edited(order) else "unknown"


def _is_edited(order: Json) -> bool:
    """Whether a line holds another quantity than was sold and given back."""
    given_back: dict[int, int] = {}
    for refund in order["refunds"]:
        for line in refund["refund_line_items"]:
            given_back[line["line_item_id"]] = given_back.get(line["line_item_id"], 0) + line["quantity"]
    return any(
        line["current_quantity"] != line["quantity"] - given_back.get(line["id"], 0)
        for line in order["line_items"]
    )
