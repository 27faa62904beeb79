"""A store that fails while it is read: a run recovers, or says what is wrong and the next one is complete."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from demo_store.clock import ManualClock
from demo_store.shop.life import advance, open_shop
from shopify_analytics.hooks import shopify as hook_module
from shopify_analytics.hooks.patience import TRIES

from tests.faults.shops import NOW, SyncedShop, copy_of, serving
from tests.pipeline import RETRIES, Pipeline, Run

FAILURES = ("429", "500", "502", "503", "reset", "truncated", "slow")
PASSING = FAILURES[:-1]
FORTNIGHT = timedelta(days=14)
SECONDS_OF_PATIENCE = 0.3
ENDLESS = 10_000
ORDERS = "/admin/api/2026-10/orders.json"
ORDERS_COUNT = "/admin/api/2026-10/orders/count.json"
WAIT = "Wait, or see https://www.shopifystatus.com; the connection is 'shopify_default'."
CHECK_HOST = "If this stays so, check the host of connection 'shopify_default'."
BREAK_OFF = "{url} sent an answer that is incomplete or cannot be read. " + CHECK_HOST
SENTENCES = {
    "429": (
        "{url} answered 429 to GET {path}: Exceeded 2 calls per second for api client. "
        "Reduce request rates to resume uninterrupted service. "
        "Run fewer syncs at once with connection 'shopify_default', or wait."
    ),
    "500": "{url} answered 500 to GET {path}: Internal Server Error. " + WAIT,
    "502": "{url} answered 502 to GET {path}: 502 Bad Gateway. " + WAIT,
    "503": "{url} answered 503 to GET {path}: Service Unavailable. " + WAIT,
    "reset": BREAK_OFF,
    "truncated": BREAK_OFF,
    "slow": "{url} did not answer in time. " + CHECK_HOST,
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a small shop."""
    path = tmp_path_factory.mktemp("shop") / "store.db"
    open_shop(path, orders=40, months=2, now=NOW).close()
    return path


@pytest.fixture(scope="module")
def first_sync(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sync of that shop, only to be copied."""
    folder = tmp_path_factory.mktemp("first")
    store = copy_of(opened, folder)
    with serving(store, folder / "sync") as trial:
        trial.sync()
    store.close()
    return folder / "sync"


@pytest.fixture(scope="module")
def fortnight_later(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of that shop after a busy fortnight."""
    store = copy_of(opened, tmp_path_factory.mktemp("fortnight later"))
    advance(store, NOW + FORTNIGHT)
    store.close()
    return store.path


@pytest.fixture(params=["full sync", "increment"])
def trial(
    request: pytest.FixtureRequest, opened: Path, first_sync: Path, fortnight_later: Path, tmp_path: Path
) -> Iterator[SyncedShop]:
    """Before the first sync, or a busy fortnight after it."""
    is_increment = request.param == "increment"
    store = copy_of(fortnight_later if is_increment else opened, tmp_path)
    clock = ManualClock(NOW + FORTNIGHT + timedelta(minutes=1) if is_increment else NOW)
    with serving(store, tmp_path / "sync", clock=clock, shopify_page_size="10") as trial:
        trial.server.faults.slow_seconds = 2 * SECONDS_OF_PATIENCE
        if is_increment:
            shutil.copytree(first_sync, trial.pipeline.folder)
            trial.runs = 1
        yield trial
    store.close()


@pytest.fixture(params=FAILURES)
def failure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What happens to answers; with a slow one the hook soon loses its patience."""
    if request.param == "slow":
        monkeypatch.setattr(hook_module, "TIMEOUT_SECONDS", (5, SECONDS_OF_PATIENCE))
    return str(request.param)


def errors(trial: SyncedShop, run: Run) -> list[str]:
    """What the run log says under Errors, a line per failed try."""
    _, heading, rest = trial.run_log(run).partition("\nErrors\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()] if heading else []


def sentences(run: Run) -> dict[str, str]:
    """Why each task failed; the report, which fails with them, names them all."""
    *failed, report = run.failed
    assert report == "report_run"
    assert run.reasons.keys() == {*failed, report}
    assert run.reasons[report].startswith(
        f"AirflowFailException: Failed: {', '.join(failed)}. nothing loaded, "
    )
    return {task_id: run.reasons[task_id] for task_id in failed}


def test_a_run_survives_a_failure_of_every_sixth_answer(trial: SyncedShop, failure: str) -> None:
    trial.server.faults.every = {failure: 6}
    run = trial.sync()
    assert set(run.tries.values()) == {1}
    assert errors(trial, run) == []
    trial.assert_equal()


def test_a_run_survives_all_failures_in_turn_at_every_third_answer(trial: SyncedShop) -> None:
    trial.server.faults.every = {"mix": 3}
    run = trial.sync()
    assert set(run.tries.values()) == {1}
    assert errors(trial, run) == []
    trial.assert_equal()


def storm(trial: SyncedShop, failure: str, answers: int) -> None:
    """Let so many answers fail once the first page of orders has been sent."""
    trial.after(1, "orders", lambda: trial.server.faults.change({"storm": failure, "storm_answers": answers}))


def test_a_storm_that_outlives_the_tries_of_a_request_costs_one_try_of_the_task(
    trial: SyncedShop, failure: str
) -> None:
    storm(trial, failure, TRIES)
    run = trial.sync()
    assert {task_id: tries for task_id, tries in run.tries.items() if tries > 1} == {"fetch_orders": 2}
    sentence = SENTENCES[failure].format(url=trial.server.url, path=ORDERS)
    assert errors(trial, run) == [f"fetch_orders, try 1 (up_for_retry): {sentence}"]
    fetched = run.returned["fetch_orders"]
    pages_of_ids = -(-fetched["drift"]["checked"] // 250) if fetched["updated_at_min"] else 0
    assert fetched["pages"] > 1
    assert trial.asked("orders") == fetched["pages"] + pages_of_ids + TRIES
    trial.assert_equal()


def test_a_storm_that_outlives_all_tries_fails_the_run_and_the_next_one_makes_up_for_it(
    trial: SyncedShop, failure: str
) -> None:
    before = trial.watermarks()
    storm(trial, failure, ENDLESS)
    run = trial.run()
    first, last = (
        SENTENCES[failure].format(url=trial.server.url, path=path) for path in (ORDERS, ORDERS_COUNT)
    )
    assert sentences(run) == {"fetch_orders": last}
    assert errors(trial, run) == [
        f"fetch_orders, try 1 (up_for_retry): {first}",
        f"fetch_orders, try 2 (up_for_retry): {last}",
        f"fetch_orders, try 3 (up_for_retry): {last}",
        f"fetch_orders, try {RETRIES + 1} (failed): {last}",
    ]
    assert trial.watermarks() == before
    trial.server.faults.storm_answers = 0
    trial.sync()
    trial.assert_equal()


@pytest.mark.parametrize("seed", range(4))
def test_storms_of_any_kind_and_length_at_any_time_lose_nothing(trial: SyncedShop, seed: int) -> None:
    rng, faults = Random(seed), trial.server.faults
    loaded = trial.watermarks()

    def storms_come_and_go() -> None:
        if rng.random() < 0.1:
            faults.storm, faults.storm_answers = rng.choice(PASSING), rng.choice((1, TRIES, 3 * TRIES))

    trial.shop.before_answer = storms_come_and_go
    for _ in range(3):
        run = trial.run()
        if "load_sqlite" in run.returned:
            loaded = trial.watermarks()
        assert trial.watermarks() == loaded
        trial.shop.live(hours=12)
    trial.shop.before_answer = lambda: None
    faults.storm_answers = 0
    trial.sync()
    trial.assert_equal()


def revoke_token(trial: SyncedShop) -> None:
    trial.server.faults.token_revoked = True


def withdraw_scope(trial: SyncedShop) -> None:
    trial.server.faults.withdrawn_scopes = ["read_customers", "read_orders", "read_products"]


def lock_shop(trial: SyncedShop) -> None:
    trial.server.faults.shop = "locked"


ASKED = r"http://127\.0\.0\.1:\d+ answered {status} to GET /admin/(api/2026-10|oauth)/[\w/]+\.json: {words}"
REVOKED = ASKED.format(
    status=401,
    words=r"\[API\] Invalid API key or access token \(unrecognized login or wrong password\)\. "
    r"Renew the access token \(password\) of connection 'shopify_default', "
    r"or in \.env if that names the store\.",
)
WITHDRAWN = ASKED.format(
    status=403,
    words=r"\[API\] This action requires merchant approval for (?P<scope>read_\w+) scope\. "
    r"Give the scope (?P=scope) to the app of connection 'shopify_default', and approve it in the store\.",
)
WITHDRAWN_BEFORE_THE_PLAN = (
    "The token of connection shopify_default lacks the scope read_products, read_customers, read_orders: "
    "add it to the app in Shopify, have the merchant approve it, and renew the token"
)
LOCKED = ASKED.format(
    status=423,
    words=r"This shop is unavailable\. The store is locked: its owner has to contact Shopify; "
    r"the connection is 'shopify_default'\.",
)


def rehearsed_answers(trial: SyncedShop, folder: Path) -> int:
    """How many answers the next run takes to load when nothing fails, found out in a copy of the folder."""
    if trial.pipeline.folder.exists():
        shutil.copytree(trial.pipeline.folder, folder)
    before = trial.server.requests.total
    rehearsal: Pipeline = replace(trial.pipeline, folder=folder)
    run = rehearsal.begin("rehearsal").go_on_to("reconcile")
    assert run.states["load_sqlite"] == "success"
    return trial.server.requests.total - before


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("refuse", "sentence"),
    [
        (revoke_token, REVOKED),
        (withdraw_scope, f"{WITHDRAWN}|{WITHDRAWN_BEFORE_THE_PLAN}"),
        (lock_shop, LOCKED),
    ],
    ids=["token revoked", "scopes withdrawn", "shop locked"],
)
def test_a_refusal_at_any_answer_is_final_and_the_run_after_it_makes_up_for_it(
    trial: SyncedShop, tmp_path: Path, refuse: Callable[[SyncedShop], None], sentence: str, seed: int
) -> None:
    answers = rehearsed_answers(trial, tmp_path / "rehearsal")
    due = trial.server.requests.total + Random(seed).randrange(answers)
    before = trial.watermarks()

    def refuse_from_then_on() -> None:
        if trial.server.requests.total == due:
            refuse(trial)

    trial.shop.before_answer = refuse_from_then_on
    run = trial.run()
    assert set(run.tries.values()) == {1}
    told = sentences(run)
    assert told
    assert [each for each in told.values() if not re.fullmatch(sentence, each)] == []
    assert errors(trial, run) == [f"{task_id}, try 1 (failed): {each}" for task_id, each in told.items()]
    assert trial.watermarks() == before
    trial.shop.before_answer = lambda: None
    trial.server.faults.change({"token_revoked": False, "withdrawn_scopes": [], "shop": "open"})
    trial.sync()
    trial.assert_equal()
