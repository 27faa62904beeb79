"""Every product of a store or its orders, worked out from raw JSON and nothing of the product."""

from __future__ import annotations

from tests.books import Books
from tests.raw_records import Json

UNKNOWN = "Custom lines and unknown products"


def expected_product_dim(books: Books) -> dict[tuple[int], Json]:
    """The rows of ``product_dim`` by key.

    The products there are and were; those that only lines tell of, the latest of which describes them; and 0
    for lines without product. Lines of test orders tell of products as well.
    """
    rows: dict[tuple[int], Json] = {}
    for line in sorted(books.all_lines, key=lambda line: line.id):
        if line.product_key:
            told = {"product_key": line.product_key, "title": line.title, "vendor": line.vendor or None}
            rows[line.product_key,] = told | {"product_type": None, "status": None, "is_deleted": 1}
    for key, product in books.memory.products.items():
        told = {column: product[column] for column in ("title", "vendor", "product_type", "status")}
        rows[key,] = {"product_key": key, **told, "is_deleted": int(key not in books.products)}
    unknown = dict.fromkeys(("vendor", "product_type", "status"))
    rows[0,] = {"product_key": 0, "title": UNKNOWN, **unknown, "is_deleted": 0}
    return rows
