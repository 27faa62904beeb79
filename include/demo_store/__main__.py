"""``python -m demo_store``: opens or makes a demo store and serves it until it is stopped."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from demo_store.api.auth import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_TOKEN
from demo_store.api.bucket import PLANS
from demo_store.api.faults import FaultError, Faults
from demo_store.api.server import DemoServer
from demo_store.clock import Clock, ScaledClock, SystemClock
from demo_store.retail import transactions
from demo_store.shop import life
from demo_store.state import RESOURCES, DemoStoreError, Store


def main(arguments: list[str] | None = None) -> int:
    """Serve a demo store until SIGINT or SIGTERM; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _serve(_open_store(options), options)
    except (DemoStoreError, OSError) as error:
        print(f"demo store: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo_store",
        description="A Shopify store on this machine: the REST Admin API with a living shop behind it.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=8000, help="port to listen on; 0 takes a free one")
    add("--data", type=Path, default=Path("data/demo_store.db"), help="the store's file; made when missing")
    add("--seed", type=int, default=life.DEFAULT_SEED, help="a new store's content follows from it")
    add("--orders", type=_positive(int), default=life.DEFAULT_ORDERS, help="orders of a new store, about")
    add("--months", type=_positive(int), default=life.DEFAULT_MONTHS, help="how old a new store is")
    add("--transactions", type=Path, metavar="FILE", help="make a new store from this CSV of transactions")
    add("--speed", type=_positive(float), default=1.0, help="60 makes a real minute an hour of shop life")
    add("--plan", choices=sorted(PLANS), default="standard", help="the plan, which sets the rate limit")
    add("--token", default=DEMO_TOKEN, help="the static Admin API token")
    add("--client-id", default=DEMO_CLIENT_ID, help="client id that may ask for tokens")
    add("--client-secret", default=DEMO_CLIENT_SECRET, help="client secret that goes with it")
    fault_help = "let every so many API answers fail, such as 429:20, truncated:50 or mix:10; may be repeated"
    add("--fault", type=_fault, action="append", default=[], metavar="KIND:EVERY", help=fault_help)
    add("--verbose", action="store_true", help="print a line for each request")
    return parser


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    def positive(text: str) -> float:
        number = kind(text)
        if number <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0.")
        return number

    return positive


def _fault(text: str) -> tuple[str, int]:
    kind, _, every = text.partition(":")
    if not every.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not KIND:EVERY, such as 429:20.")
    try:
        Faults(every={kind: int(every)})
    except FaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return kind, int(every)


def _open_store(options: argparse.Namespace) -> Store:
    path: Path = options.data
    if path.exists():
        return Store.open(path)
    # Made beside its place and then moved there: a start that is interrupted leaves no half a store.
    unfinished = path.with_name(f"{path.name}.unfinished")
    for leftover in path.parent.glob(f"{unfinished.name}*"):
        leftover.unlink()
    if options.transactions:
        store, tally = transactions.load(options.transactions, unfinished)
        print(tally)
    else:
        now = datetime.now(UTC)
        store = life.open_shop(
            unfinished, seed=options.seed, orders=options.orders, months=options.months, now=now
        )
    store.close()
    unfinished.rename(path)
    return Store.open(path)


def _serve(store: Store, options: argparse.Namespace) -> None:
    clock = _clock(store, options.speed)
    life.advance(store, clock.now())
    try:
        server = DemoServer(
            store,
            clock=clock,
            host=options.host,
            port=options.port,
            plan=options.plan,
            token=options.token,
            client_id=options.client_id,
            client_secret=options.client_secret,
            life=life.advance,
            verbose=options.verbose,
        )
    except OSError as error:
        reason = error.strerror or error
        raise DemoStoreError(
            f"Cannot listen on {options.host} port {options.port} ({reason}): choose another with --port."
        ) from error
    server.faults.every = dict(options.fault)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with server:
        counts = ", ".join(f"{store.count(resource, []):,} {resource}" for resource in RESOURCES)
        print(f"Demo store «{store.shop['name']}» at {server.url} ({counts})", flush=True)
        stop.wait()


def _clock(store: Store, speed: float) -> Clock:
    """A shop that has lived faster than real time goes on from where it stands, never back."""
    now = datetime.now(UTC)
    lived_until = datetime.fromisoformat(store.setting("life_until", now.isoformat()))
    if speed == 1 and lived_until <= now:
        return SystemClock()
    return ScaledClock(max(now, lived_until), speed)


if __name__ == "__main__":
    sys.exit(main())
