"""Makes a demo store from a file of real transactions: a UK shop in GBP that stands still.

The file is CSV (``.csv`` or ``.csv.gz``), UTF-8, one invoice line a row, with a header that names at least
``InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country``, in any order:

- ``InvoiceNo``: a whole number; after ``C`` it is a credit note, after ``A`` a bad-debt adjustment
- ``Quantity``: a whole number, negative on credit notes and where goods leave the stock unsold
- ``InvoiceDate``: an ISO date and time in Europe/London, without offset
- ``UnitPrice``: a decimal number in GBP with a dot; only adjustments may be negative
- ``CustomerID``: a whole number, empty for a guest; ``Description`` and ``Country`` may be empty too

It is the form of Chen, D. (2015), Online Retail, UCI Machine Learning Repository,
https://doi.org/10.24432/C5BW33, with its spreadsheet written as CSV. What becomes of it:

- An invoice with a positive quantity at a price above 0 is an order, paid and fulfilled at once. All its
  positive lines are line items: postage, manual entries, repeated lines and free ones as well. Its time,
  customer and country are those of its earliest line.
- An invoice all at price 0 only moves stock and is no order; nor is an adjustment. The tally counts them.
- A credit note becomes one refund for each order that it takes goods back from (see ``credit_notes``). The
  tally counts what finds no purchase, and lines whose signs do not fit their invoice.
- Prices are rounded half-up to pence; a line item keeps the original as its property ``UnitPrice``.
- A product is a stock code, its variant's SKU: titled as most often when sold, priced as last sold.
- A customer is a CustomerID, in the country of the latest invoice, and exists even without an order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from demo_store.retail.credit_notes import match_credit_notes
from demo_store.retail.file import stage
from demo_store.retail.orders import order_records
from demo_store.retail.records import SHOP, Article, Buyer, Purchases, customer_record, product_record
from demo_store.retail.tally import Tally, tally
from demo_store.state import Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Tally", "load"]

STOCK_CODES = """
SELECT stock_code, min(line.invoiced_at), max(line.invoiced_at)
FROM line
JOIN invoice USING (invoice)
WHERE kind <> 'adjustment'
GROUP BY stock_code
ORDER BY min(line.row)
"""

TITLES = """
SELECT stock_code, description
FROM (
    SELECT
        stock_code,
        description,
        row_number() OVER (
            PARTITION BY stock_code
            ORDER BY max(pence > 0) DESC, count(*) DESC, max(row) DESC
        ) AS place
    FROM line
    WHERE description IS NOT NULL
    GROUP BY stock_code, description
)
WHERE place = 1
"""

# Oldest first: in a dict the latest is what remains.
PRICES = """
SELECT stock_code, pence
FROM line
WHERE quantity > 0 AND pence > 0 AND invoice IN (SELECT invoice FROM invoice WHERE kind = 'order')
ORDER BY invoiced_at, row
"""

BUYERS = """
SELECT customer, country, first_seen, last_seen
FROM (
    SELECT
        customer,
        country,
        min(invoiced_at) OVER (PARTITION BY customer) AS first_seen,
        invoiced_at AS last_seen,
        row_number() OVER (PARTITION BY customer ORDER BY invoiced_at DESC, row DESC) AS place
    FROM invoice
    WHERE customer IS NOT NULL
)
WHERE place = 1
ORDER BY first_seen, customer
"""


def load(source: Path, path: Path) -> tuple[Store, Tally]:
    """Make a new store in the file ``path`` from the transactions in ``source``, all or nothing.

    Raises DemoStoreError when ``path`` exists already or ``source`` does not have the form above; the message
    names line, column and value.
    """
    with stage(source) as staged:
        match_credit_notes(staged)
        store = Store.create(path, SHOP)
        try:
            with store.transaction():
                _fill(store, staged)
        except BaseException:
            store.close()
            path.unlink()
            raise
        return store, tally(staged)


def _fill(store: Store, staged: sqlite3.Connection) -> None:
    store.set_setting("life", False)
    products = {product["variants"][0]["sku"]: product for product in _products(staged, store)}
    store.put("products", products.values())
    buyers = {row[0]: Buyer(*row) for row in staged.execute(BUYERS)}
    purchases: defaultdict[int, Purchases] = defaultdict(Purchases)
    store.put("orders", order_records(staged, store, products, buyers, purchases))
    customers = (customer_record(store, buyer, purchases[number]) for number, buyer in buyers.items())
    store.put("customers", customers)


def _products(staged: sqlite3.Connection, store: Store) -> Iterator[dict[str, Any]]:
    titles, prices = dict(staged.execute(TITLES)), dict(staged.execute(PRICES))
    uses: Counter[str] = Counter()
    for stock_code, first_seen, last_seen in staged.execute(STOCK_CODES):
        title = titles.get(stock_code, stock_code)
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "product"
        handle = f"{slug}-{uses[slug]}" if slug in uses else slug
        uses[slug] += 1
        article = Article(stock_code, title, handle, prices.get(stock_code, 0), first_seen, last_seen)
        yield product_record(store, article)
