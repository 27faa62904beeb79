"""How values are shown: as they are, or as their number formats say.

https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.book import State, trimmed
from tests.sheets_server.errors import NotModelled
from tests.sheets_server.grid import Sheet, Value

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a sheet's times have no zone
DATES = {"DATE", "TIME", "DATE_TIME"}
# What a format without a pattern means in en_US.
PATTERNS = {
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
}
NUMBER = re.compile(r'((?:"[^"]*"|\[\$[^\]-]*\]|[$€£ ])*)(#,##0|0)(?:\.(0+))?(%?)((?:"[^"]*"|[€ ])*)')
DATE_PART = re.compile(r'y+|m+|d+|h+|s+|"[^"]*"|[-/:. ,]')
DATE_WORDS = {"yyyy", "yy", "mm", "m", "dd", "d", "hh", "h", "ss", "s"}
STRFTIME = {"yyyy": "%Y", "yy": "%y", "dd": "%d", "hh": "%H", "ss": "%S"}


@dataclass(frozen=True)
class Rendering:
    """How a read wants its values."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    dimension: str = "ROWS"
    locale: str = "en_US"

    @classmethod
    def of(cls, query: dict[str, Any], state: State) -> Rendering:
        """Return what the parameters of a read say."""
        return cls(
            query.get("valueRenderOption", "FORMATTED_VALUE"),
            query.get("dateTimeRenderOption", "SERIAL_NUMBER"),
            query.get("majorDimension", "ROWS"),
            state.properties["locale"],
        )

    @classmethod
    def of_response(cls, options: dict[str, Any], state: State) -> Rendering:
        """Return what a write says about the values in its answer."""
        return cls(
            options.get("responseValueRenderOption", "FORMATTED_VALUE"),
            options.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
            locale=state.properties["locale"],
        )


def shown_range(sheet: Sheet, area: Area | None, rendering: Rendering) -> dict[str, Any]:
    """Return a ValueRange: blanks at the ends are left out, and ``values`` if there are none."""
    box = sheet.box(area).clipped(sheet.row_count, sheet.column_count)
    rows = trimmed(sheet.values(box))
    shown = {"range": a1.write(sheet.title, box), "majorDimension": rendering.dimension}
    if not rows:
        return shown
    if rendering.values == "FORMATTED_VALUE":
        _format(rows, sheet, box, rendering.locale, dates_only=False)
    elif rendering.values == "UNFORMATTED_VALUE" and rendering.dates == "FORMATTED_STRING":
        _format(rows, sheet, box, rendering.locale, dates_only=True)
    if rendering.dimension == "COLUMNS":
        width = max(map(len, rows))
        turned = [tuple(row[column] if column < len(row) else "" for row in rows) for column in range(width)]
        rows = trimmed(turned)
    return shown | {"values": rows}


def _format(rows: list[list[Value]], sheet: Sheet, box: Box, locale: str, *, dates_only: bool) -> None:
    for column in range(max(map(len, rows))):
        for start, end, cell_format in sheet.formats(box.column + column):
            number_format = cell_format.get("numberFormat", {})
            if dates_only and number_format.get("type") not in DATES:
                continue
            for row in rows[max(start - box.row, 0) : max(end - box.row, 0)]:
                if column < len(row) and type(row[column]) is not str:
                    row[column] = shown_value(row[column], number_format, locale)


def shown_value(value: Value, number_format: dict[str, Any], locale: str = "en_US") -> str:
    """Return what a cell shows.

    Raises NotModelled for a pattern that is neither a date, a plain number nor an amount of money, and for
    what looks otherwise in a language other than English.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    kind = number_format.get("type", "")
    pattern = number_format.get("pattern") or PATTERNS.get(kind, "")
    if kind in ("", "TEXT") or pattern in ("", "@"):
        return general(value)
    if kind in DATES:
        return _date(float(value), pattern)
    if not locale.startswith("en"):
        raise NotModelled(f"the number format {pattern} in {locale}")
    return _number(value, pattern)


def general(value: float) -> str:
    """Return a number as a cell without a format shows it."""
    if abs(value) < 10**15 and (isinstance(value, int) or abs(value) >= 10**10):
        return str(round(value))
    return f"{value:.10G}".replace("E+0", "E+").replace("E-0", "E-")


def _number(value: float, pattern: str) -> str:
    found = NUMBER.fullmatch(pattern)
    if not found:
        raise NotModelled(f"the number format {pattern}")
    before, digits, decimals, percent, behind = found.groups()
    scaled = value * 100 if percent else value
    # Halves are rounded up, as in a sheet.
    places = len(decimals or "")
    rounded = int(abs(scaled) * 10**places + 0.5 + 1e-9) / 10**places
    text = f"{rounded:{',' if ',' in digits else ''}.{places}f}"
    sign = "-" if scaled < 0 and rounded else ""
    return sign + _literal(before) + text + percent + _literal(behind)


def _literal(text: str) -> str:
    return re.sub(r'\[\$([^\]]*)\]|"([^"]*)"', lambda part: part[1] or part[2] or "", text)


def _date(serial: float, pattern: str) -> str:
    parts = DATE_PART.findall(pattern)
    if "".join(parts) != pattern or any(part.isalpha() and part not in DATE_WORDS for part in parts):
        raise NotModelled(f"the date format {pattern}")
    moment = EPOCH + timedelta(seconds=round(serial * 86_400))
    shown, hours_before = [], False
    for number, part in enumerate(parts):
        letters_behind = [later for later in parts[number + 1 :] if later.isalpha()][:1]
        if part in ("mm", "m"):
            minutes = hours_before or letters_behind in (["ss"], ["s"])
            amount = moment.minute if minutes else moment.month
            shown.append(f"{amount:02}" if part == "mm" else str(amount))
        elif part in STRFTIME:
            shown.append(f"{moment.year:04}" if part == "yyyy" else moment.strftime(STRFTIME[part]))
        elif part in ("d", "h", "s"):
            shown.append(str({"d": moment.day, "h": moment.hour, "s": moment.second}[part]))
        else:
            shown.append(part.strip('"'))
        if part.isalpha():
            hours_before = part in ("hh", "h")
    return "".join(shown)
