"""Whatever happens to shop, tabs, network and process, in any order: the next push makes everything equal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shopify_analytics.errors import SheetsUnavailable

from tests.sheets import shops
from tests.sheets.hand_edits import SEEN_AT_ONCE, SEEN_WITHIN_THE_HOUR
from tests.sheets.killing import push_killed
from tests.sheets.pushing import Desk
from tests.sheets.reading import check_never_torn, watched
from tests.sheets_server import ApiError, Fault
from tests.sheets_server.faults import Kind

Step = Callable[[Desk, Random], object]
EDITS = [*SEEN_AT_ONCE.values(), *SEEN_WITHIN_THE_HOUR.values()]
FAULTS: tuple[Kind, ...] = (
    *("status_before", "status_after", "html_before", "html_after"),
    *("drop_before", "drop_after", "quota"),
)
TABLES = ("products", "product_variants", "customers", "orders")


def some(draw: Random) -> list[int]:
    return shops.ids(*draw.sample(range(1, 30), draw.choice((1, 2, 5, 12))))


def change(desk: Desk, draw: Random) -> None:
    shops.change(
        desk.db, draw.choice(TABLES), some(draw), updated_at=f"2026-05-01T00:00:{draw.randrange(60):02}Z"
    )


def delete(desk: Desk, draw: Random) -> None:
    shops.delete(desk.db, draw.choice(TABLES), some(draw))


def delete_all(desk: Desk, draw: Random) -> None:
    shops.delete(desk.db, draw.choice(TABLES), shops.ids(*range(30)))


def bring_back(desk: Desk, draw: Random) -> None:
    shops.change(desk.db, draw.choice(TABLES), some(draw), deleted_at=None)


def add_orders(desk: Desk, draw: Random) -> None:
    shops.add_orders(desk.db, draw.sample(range(30), draw.randint(1, 8)))


def add_products(desk: Desk, draw: Random) -> None:
    shops.add_products(desk.db, draw.sample(range(30), draw.randint(1, 8)))


def remove_lines(desk: Desk, draw: Random) -> None:
    shops.remove_lines(desk.db, shops.ids(*draw.sample(range(60), 5)))


def switch_personal_data(desk: Desk, draw: Random) -> None:
    desk.personal_data = not desk.personal_data


def edit_by_hand(desk: Desk, draw: Random) -> None:
    # What it is about may not be there any more.
    with suppress(KeyError, ValueError, IndexError, ApiError):
        draw.choice(EDITS)(desk.book())


def push(desk: Desk, draw: Random) -> None:
    desk.push()


def push_an_hour_later(desk: Desk, draw: Random) -> None:
    desk.let_an_hour_pass()
    desk.push()


def push_amid_faults(desk: Desk, draw: Random) -> None:
    kind, after = draw.choice(FAULTS), draw.randrange(12)
    desk.server.faults.append(Fault("sheets", kind, times=draw.choice((1, 3, None)), after=after))
    with suppress(SheetsUnavailable):
        desk.push()
    desk.server.faults.clear()


def be_killed(desk: Desk, draw: Random) -> None:
    push_killed(desk, draw.randrange(40))


STEPS: tuple[Step, ...] = (
    *(change, delete, delete_all, bring_back, add_orders, add_products, remove_lines, switch_personal_data),
    *(edit_by_hand, edit_by_hand, push, push_an_hour_later, push_amid_faults, be_killed, be_killed),
)


# How tabs are written, by what is patched for it.
MODES = {
    "copied": {"rewrite.CHUNK_BYTES": 5_000},
    "exchanged": {"rewrite.MOST_CELLS_TO_COPY": 0},
    "in place": {"rewrite.CELLS_ALLOWED": 0},
    "in steps": {"delta.SOFT_BYTES": 100, "delta.HARD_BYTES": 12_000},
}


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), max_size=12), st.randoms(use_true_random=False))
def test_after_any_history_everything_is_equal(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch, mode: dict[str, int], steps: list[Step], draw: Random
) -> None:
    for name, value in mode.items():
        monkeypatch.setattr(f"shopify_analytics.sheets.{name}", value)
    database, state = pushed.db.serialize(), pushed.book().state
    try:
        for step in steps:
            step(pushed, draw)
        pushed.let_an_hour_pass()
        with watched(pushed.book()) as states:
            pushed.push_and_check()
        check_never_torn(states)
    finally:
        pushed.restore(database, state)
        pushed.personal_data = True
