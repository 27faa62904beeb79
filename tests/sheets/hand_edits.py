"""What people do to the tabs of a shop of twelve orders, by what it is."""

from __future__ import annotations

from collections.abc import Callable

from tests.sheets import shops
from tests.sheets_server import Book

Edit = Callable[[Book], object]


def freeze_and_rename(book: Book) -> None:
    """Freeze eight rows of Orders, and edit their header."""
    book.freeze("Orders", 8)
    book.edit("Orders", "B1", "Name")


def delete_two(book: Book) -> None:
    """Delete two tabs."""
    book.delete_sheet("Orders")
    book.delete_sheet("Summary")


def exchange_names(book: Book) -> None:
    """Call Orders Customers, and Customers Orders."""
    book.rename("Orders", "x")
    book.rename("Customers", "Orders")
    book.rename("x", "Customers")


# Seen at once: by the size of the grid, the header, ids, titles, and what _sync says.
SEEN_AT_ONCE: dict[str, Edit] = {
    "a deleted row": lambda book: book.delete_row("Orders", 4),
    "the last row deleted": lambda book: book.delete_row("Orders", 13),
    "an inserted row": lambda book: book.insert_row("Orders", 4),
    "more rows": lambda book: book.add_rows("Orders", 100),
    "an added column": lambda book: book.add_column("Orders", header="Note"),
    "a column in between": lambda book: book.add_column("Orders", before="C", header="Note"),
    "a deleted column": lambda book: book.delete_column("Orders", "C"),
    "an edited header": lambda book: book.edit("Orders", "B1", "Name"),
    "a header that is a number": lambda book: book.edit("Orders", "B1", 7),
    "a deleted header": lambda book: book.delete_row("Orders", 1),
    "a cleared tab": lambda book: book.clear("Orders"),
    "a renamed tab": lambda book: book.rename("Orders", "All orders"),
    "a tab renamed in another case": lambda book: book.rename("Orders", "ORDERS"),
    "a deleted tab": lambda book: book.delete_sheet("Orders"),
    "frozen rows": freeze_and_rename,
    "two deleted tabs": delete_two,
    "two tabs with each other's names": exchange_names,
    "_sync deleted": lambda book: book.delete_sheet("_sync"),
    "_sync renamed": lambda book: book.rename("_sync", "notes"),
    "_sync cleared": lambda book: book.clear("_sync"),
    "_sync with another push": lambda book: book.edit("_sync", "B5", "0123456789abcdef"),
    "_sync without a push": lambda book: book.edit("_sync", "B5", ""),
    "_sync with a number for a tab": lambda book: book.edit("_sync", "A5", 5),
    "_sync in another state": lambda book: book.edit("_sync", "D5", "writing"),
    "a row of _sync deleted": lambda book: book.delete_row("_sync", 3),
    "the header of _sync deleted": lambda book: book.delete_row("_sync", 1),
    "a row inserted into _sync": lambda book: book.insert_row("_sync", 3),
    "a column of _sync deleted": lambda book: book.delete_column("_sync", "E"),
    "a column added to _sync": lambda book: book.add_column("_sync", before="B"),
    "_sync sorted": lambda book: book.sort("_sync", "A", descending=True),
}
EDITS_OF_SYNC = {name: edit for name, edit in SEEN_AT_ONCE.items() if "_sync" in name}
# Seen within the hour, when what the tabs hold is read back.
SEEN_WITHIN_THE_HOUR: dict[str, Edit] = {
    "an edited cell": lambda book: book.edit("Orders", "E7", "somebody@example.com"),
    "an edited key": lambda book: book.edit("Orders", "A7", "7"),
    "a number for a text": lambda book: book.edit("Orders", "A7", shops.FIRST_ID + 6),
    "a cleared cell": lambda book: book.edit("Orders", "B7", ""),
    "a cell that was empty": lambda book: book.edit("Customers", "Q3", "2026-01-01"),
    "a true for a false": lambda book: book.edit("Orders", "U2", True),
    "a zero for a false": lambda book: book.edit("Orders", "U2", 0),
    "a slightly larger number": lambda book: book.edit("Variants", "F2", 10.010000001),
    "a cleared column": lambda book: book.clear("Orders", "C2:C"),
    "all data cleared": lambda book: book.clear("Orders", "A2:ZZ"),
    "a sorted tab": lambda book: book.sort("Orders", "B", descending=True),
    "a sorted tab of lines": lambda book: book.sort("LineItems", "J"),
    "an edited summary": lambda book: book.edit("Summary", "B3", "USD"),
}
