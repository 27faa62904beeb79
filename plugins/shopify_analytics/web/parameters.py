"""The parameters of a request, read one by one: what cannot be used is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta

from starlette.datastructures import QueryParams

from shopify_analytics.web.answers import BadRequest

FURTHEST = timedelta(days=366)
LONGEST_VALUE = 200


class Parameters:
    """What was asked for; every reader raises :class:`BadRequest`."""

    def __init__(self, given: QueryParams, allowed: Collection[str], of: str) -> None:
        """:raises BadRequest: when a parameter is not among ``allowed``, comes twice, or is too long."""
        for name, value in given.multi_items():
            if name not in allowed:
                takes = f"takes {', '.join(sorted(allowed))}" if allowed else "takes no parameter"
                raise BadRequest(f"{of} has no parameter {_shown(name)}: it {takes}")
            if len(given.getlist(name)) > 1:
                raise BadRequest(f"{name} is given twice: give it once")
            if len(value) > LONGEST_VALUE:
                raise BadRequest(f"{name} is longer than {LONGEST_VALUE} characters")
        self._given = given

    def text(self, name: str) -> str | None:
        """The value as it is; None when the parameter is not given, or is empty."""
        return self._given.get(name) or None

    def present(self, name: str) -> str | None:
        """The value as it is, which may be empty; None when the parameter is not given."""
        return self._given.get(name)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number."""
        value = self.text(name) or str(default)
        if not re.fullmatch(r"\d{1,18}", value, re.ASCII) or not least <= int(value) <= most:
            raise BadRequest(f"{name} is {_shown(value)}: give a whole number from {least} to {most}")
        return int(value)

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of the choices."""
        value = self.text(name)
        if value is not None and value not in choices:
            raise BadRequest(f"{name} is {_shown(value)}: give one of {', '.join(sorted(choices))}")
        return value

    def dates(self, today: date) -> dict[str, str]:
        """``start`` and ``end``, as far as they are given, as ISO dates."""
        found = {name: day for name in ("start", "end") if (day := self._date(name, today + FURTHEST))}
        if "start" in found and "end" in found and found["start"] > found["end"]:
            raise BadRequest(f"start is {found['start']}, after the end, {found['end']}: exchange them")
        return {name: day.isoformat() for name, day in found.items()}

    def _date(self, name: str, latest: date) -> date | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            found = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) else None
        except ValueError:
            found = None
        if found is None or found > latest:
            raise BadRequest(f"{name} is {_shown(value)}: give a date such as 2026-11-30, up to {latest}")
        return found


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")
