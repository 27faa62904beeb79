"""A line of the table."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "-"


@dataclass(frozen=True)
class Row:
    """What was measured, this project's figure, what it is compared with, what follows, and the goal."""

    what: str
    here: str
    beside: str = NOTHING
    result: str = NOTHING
    goal: str = NOTHING
    met: bool | None = None

    def markdown(self) -> str:
        """The line as Markdown; the goal says whether it was met."""
        verdict = {True: ", met", False: ", **missed**", None: ""}[self.met]
        return f"| {self.what} | {self.here} | {self.beside} | {self.result} | {self.goal}{verdict} |"


HEADER = "| | here | beside it | result | goal |\n|---|---:|---:|---:|---:|"
