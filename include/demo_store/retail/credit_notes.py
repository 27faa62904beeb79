"""Finds the purchases that credit notes take back, since Shopify refunds lines of one order."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from demo_store.retail.file import Invoice, Kind, invoices

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

PURCHASES = """
SELECT line.row, line.invoice, line.quantity - line.refunded
FROM line
JOIN invoice USING (invoice)
WHERE line.customer = :customer
    AND invoice.customer = :customer
    AND line.stock_code = :stock_code
    AND line.pence = :pence
    AND line.quantity > line.refunded
    AND invoice.kind = 'order'
    AND invoice.invoiced_at <= :credited_at
ORDER BY invoice.invoiced_at DESC, line.row DESC
"""


class RefundLine(NamedTuple):
    """Units of one order line that a credit note takes back; ``row`` is that line's in the file."""

    credit_note: str
    refunded_at: str
    row: int
    quantity: int
    pence: int


def match_credit_notes(staged: sqlite3.Connection) -> None:
    """Match every credit note, oldest first, with what its customer bought before; ``staged`` keeps it.

    A purchase has the same customer, stock code and price (to the penny); the latest is taken back first, and
    never more than was bought. A credit note without a customer finds nothing.
    """
    for credit_note in invoices(staged, Kind.CREDIT_NOTE):
        if credit_note.customer is not None:
            _match(staged, credit_note)


def refunds_of(staged: sqlite3.Connection, invoice: str) -> Iterator[list[RefundLine]]:
    """Yield the refunds of an order, oldest first: the lines of one credit note each, one per order line."""
    sql = """
        SELECT credit_note, refunded_at, row, sum(refund_line.quantity), pence
        FROM refund_line
        JOIN line USING (row)
        WHERE refund_line.invoice = ?
        GROUP BY credit_note, refunded_at, row
        ORDER BY refunded_at, credit_note, row
    """
    lines = map(RefundLine._make, staged.execute(sql, (invoice,)))
    for _, of_one_credit_note in groupby(lines, key=lambda line: line.credit_note):
        yield list(of_one_credit_note)


def _match(staged: sqlite3.Connection, credit_note: Invoice) -> None:
    for line in filter(credit_note.usable, credit_note.lines):
        wanted = -line.quantity
        of_this_line = {
            "customer": credit_note.customer,
            "stock_code": line.stock_code,
            "pence": line.pence,
            "credited_at": credit_note.invoiced_at,
        }
        for row, invoice, available in staged.execute(PURCHASES, of_this_line).fetchall():
            quantity = min(wanted, available)
            staged.execute(
                "INSERT INTO refund_line VALUES (?, ?, ?, ?, ?)",
                (invoice, credit_note.number, credit_note.invoiced_at, row, quantity),
            )
            staged.executemany(
                "UPDATE line SET refunded = refunded + ? WHERE row = ?",
                [(quantity, row), (quantity, line.row)],
            )
            wanted -= quantity
            if not wanted:
                break
