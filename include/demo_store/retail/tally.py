"""Accounts for every invoice, line and penny of a file of transactions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from demo_store.retail.file import Kind, invoices

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from demo_store.retail.file import Line

PENCE = Decimal(100)


@dataclass(frozen=True)
class Share:
    """A part of the file; ``amount`` is the sum of quantity times price in GBP, exactly as in the file."""

    invoices: int = 0
    lines: int = 0
    quantity: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: Share) -> Share:
        return Share(
            self.invoices + other.invoices,
            self.lines + other.lines,
            self.quantity + other.quantity,
            self.amount + other.amount,
        )


@dataclass(frozen=True)
class Tally:
    """What became of a file of transactions; prints as a table.

    ``orders``, ``stock_movements``, ``write_offs``, ``credit_notes``, ``adjustments`` and ``set_aside`` make
    up ``total``. ``orders_with_customer`` and ``lines_at_price_0`` are parts of ``orders``. ``refunded`` and
    ``unmatched`` make up quantity and amount of ``credit_notes``; an invoice or line can be in both.
    ``gross_sales`` and ``refunds`` are the same in the store, in GBP at prices rounded to pence.
    """

    total: Share
    orders: Share
    orders_with_customer: Share
    lines_at_price_0: Share
    stock_movements: Share
    write_offs: Share
    credit_notes: Share
    refunded: Share
    unmatched: Share
    adjustments: Share
    set_aside: Share
    gross_sales: Decimal
    refunds: Decimal

    @property
    def rounding_of_sales(self) -> Decimal:
        """What rounding prices to pence added to gross sales, in GBP."""
        return self.gross_sales - self.orders.amount

    @property
    def rounding_of_refunds(self) -> Decimal:
        """What rounding prices to pence added to refunds, in GBP."""
        return self.refunds + self.refunded.amount

    def __str__(self) -> str:
        shares = {
            "Orders": self.orders,
            "  with a customer": self.orders_with_customer,
            "  lines at price 0": self.lines_at_price_0,
            "Stock movements at price 0": self.stock_movements,
            "Stock written off at price 0": self.write_offs,
            "Credit notes": self.credit_notes,
            "  refunded on orders": self.refunded,
            "  no purchase found": self.unmatched,
            "Bad-debt adjustments": self.adjustments,
            "Set aside: signs do not fit": self.set_aside,
            "Whole file": self.total,
        }
        amounts = {
            "Rounding of prices in orders": self.rounding_of_sales,
            "Gross sales in the store": self.gross_sales,
            "Rounding of prices in refunds": self.rounding_of_refunds,
            "Refunds in the store": self.refunds,
        }
        table = [f"{'':<30}{'invoices':>10}{'lines':>10}{'quantity':>12}{'amount in GBP':>18}"]
        table += [
            f"{name:<30}{share.invoices:>10,}{share.lines:>10,}{share.quantity:>12,}{_money(share.amount):>18}"
            for name, share in shares.items()
        ]
        table += [f"{name:<30}{_money(amount):>50}" for name, amount in amounts.items()]
        return "\n".join(table)


def tally(staged: sqlite3.Connection) -> Tally:
    """Count what is in ``staged``, after its credit notes have been matched."""
    kinds: defaultdict[Kind, Share] = defaultdict(Share)
    with_customer = at_price_0 = refunded = unmatched = set_aside = Share()
    sold = taken_back = 0
    for invoice in invoices(staged):
        usable = [line for line in invoice.lines if invoice.usable(line)]
        one = Share(invoices=1)
        if len(usable) < len(invoice.lines):
            set_aside += _share(line for line in invoice.lines if not invoice.usable(line))
        share = one + _share(usable)
        kinds[invoice.kind] += share
        if invoice.kind is Kind.ORDER:
            free = [line for line in usable if not Decimal(line.price)]
            at_price_0 += Share(invoices=bool(free)) + _share(free)
            with_customer += share if invoice.customer is not None else Share()
            sold += sum(line.quantity * line.pence for line in usable)
        if invoice.kind is Kind.CREDIT_NOTE:
            found = [line._replace(quantity=-line.refunded) for line in usable if line.refunded]
            rest = [line._replace(quantity=line.quantity + line.refunded) for line in usable]
            rest = [line for line in rest if line.quantity]
            refunded += Share(invoices=bool(found)) + _share(found)
            unmatched += Share(invoices=bool(rest)) + _share(rest)
            taken_back += sum(line.refunded * line.pence for line in usable)
    return Tally(
        total=_whole_file(staged),
        orders=kinds[Kind.ORDER],
        orders_with_customer=with_customer,
        lines_at_price_0=at_price_0,
        stock_movements=kinds[Kind.STOCK_MOVEMENT],
        write_offs=kinds[Kind.WRITE_OFF],
        credit_notes=kinds[Kind.CREDIT_NOTE],
        refunded=refunded,
        unmatched=unmatched,
        adjustments=kinds[Kind.ADJUSTMENT],
        set_aside=kinds[Kind.OTHER] + set_aside,
        gross_sales=sold / PENCE,
        refunds=taken_back / PENCE,
    )


def _share(lines: Iterable[Line]) -> Share:
    count = quantity = 0
    amount = Decimal(0)
    for line in lines:
        count += 1
        quantity += line.quantity
        amount += line.quantity * Decimal(line.price)
    return Share(lines=count, quantity=quantity, amount=amount)


def _whole_file(staged: sqlite3.Connection) -> Share:
    per_price = "SELECT price, count(*), sum(quantity) FROM line GROUP BY price"
    (count,) = staged.execute("SELECT count(DISTINCT invoice) FROM line").fetchone()
    parts = (
        Share(0, lines, units, units * Decimal(price)) for price, lines, units in staged.execute(per_price)
    )
    return sum(parts, start=Share(invoices=count))


def _money(amount: Decimal) -> str:
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:,.{decimals}f}"
