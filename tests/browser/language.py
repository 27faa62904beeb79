"""How a reader's language writes the figures of a shop in euros; written down, not asked of the browser."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NOTHING = "\N{EN DASH}"
MONEY = ("sales", "discounts", "returns", "tax", "taxes", "shipping", "outstanding", "value", "price")


@dataclass(frozen=True)
class Language:
    """A language as browsers name it, and what it puts between and around digits."""

    code: str
    point: str
    comma: str
    money: str
    percent: str

    def number(self, value: float | Decimal, most: int = 3, least: int = 0) -> str:
        """The number with at most, and at least, so many digits behind the point."""
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
        whole, _, digits = f"{abs(rounded):,.{most}f}".partition(".")
        while len(digits) > least and digits.endswith("0"):
            digits = digits[:-1]
        sign = "-" if rounded < 0 else ""
        behind = self.point + digits if digits else ""
        return sign + whole.replace(",", self.comma) + behind

    def euros(self, value: float) -> str:
        """An amount of money to the cent."""
        text = self.money.format(self.number(abs(value), 2, 2))
        return f"-{text}" if value < 0 else text

    def percentage(self, value: float) -> str:
        """12.34 as 12.3%."""
        return self.percent.format(self.number(Decimal(str(value / 100)) * 100, 1))

    def told(self, key: str, value: Any) -> str:
        """A figure as a card or a table has it, by its name."""
        if value is None:
            return NOTHING
        if isinstance(value, str):
            return value
        if key.endswith("_percent"):
            return self.percentage(value)
        if key.endswith("_days"):
            return f"{self.number(value, 1)} d"
        if key.rpartition("_")[2] in MONEY:
            return self.euros(value)
        return self.number(value)

    def change(self, key: str, now: float, before: float) -> str:
        """By how much a figure is above or below another: in percent, and of percentages in points."""
        difference = now - before
        sign = "▲" if difference > 0 else "▼" if difference < 0 else "●"
        if key.endswith("_percent"):
            return f"{sign} {self.number(abs(difference), 1)} pt"
        return f"{sign} {self.percentage(abs(100 * difference / before))}"

    def growth(self, value: float | None) -> str:
        """A growth in percent as a table has it."""
        if value is None:
            return NOTHING
        sign = "▲" if value > 0 else "▼" if value < 0 else "●"
        return f"{sign} {self.percentage(abs(value))}"


ENGLISH = Language("en-US", ".", ",", "€{}", "{}%")
GERMAN = Language("de-DE", ",", ".", "{}\N{NO-BREAK SPACE}€", "{}\N{NO-BREAK SPACE}%")
