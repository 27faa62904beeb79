"""What a reader could have seen while a push was writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shopify_analytics.sheets.sources import TABS

from tests.sheets_server import Book
from tests.sheets_server.book import State, trimmed
from tests.sheets_server.grid import Value

Shown = list[list[Value]]


def shown(state: State) -> dict[str, Shown]:
    """What the visible tabs of the project show, without empty rows at the end."""
    return {
        sheet.title: trimmed(sheet.rows) for sheet in state.sheets if sheet.title in TABS and not sheet.hidden
    }


def being_written(state: State) -> set[str]:
    """The tabs of which ``_sync`` says so."""
    lines = [trimmed(sheet.rows) for sheet in state.sheets if sheet.title == "_sync"]
    return {str(line[0]) for rows in lines for line in rows if len(line) > 3 and line[3] == "writing"}


@contextmanager
def watched(book: Book) -> Iterator[list[State]]:
    """The states that the book goes through, the first one and each after a change."""
    states = [book.state]
    watch = book.watchers.append
    watch(lambda changed: states.append(changed.state))
    yield states
    book.watchers.clear()


def check_never_torn(states: list[State]) -> None:
    """Find that every tab showed what it showed before or what it shows in the end, whenever one looked.

    A tab that was there never goes; one that ``_sync`` says is being written may show anything.
    """
    before, after = shown(states[0]), shown(states[-1])
    for state in states:
        seen = shown(state)
        assert before.keys() <= seen.keys()
        for tab in seen.keys() - being_written(state):
            versions = [version[tab] for version in (before, after) if tab in version]
            assert seen[tab] in versions, tab


def check_together(states: list[State], *tabs: str) -> None:
    """Find that these tabs changed at the same moment."""
    before, after = shown(states[0]), shown(states[-1])
    for state in states:
        seen = shown(state)
        assert [seen[tab] == after[tab] for tab in tabs] in (
            [before[tab] == after[tab] for tab in tabs],
            [True for _ in tabs],
        )
