"""Pictures of the dashboards, for the README: ``make screenshots``.

Made of a demo store that is the same every time, read by the real DAG and looked at through the preview
server. Every page in both themes, 1600 pixels wide, and the first one as a telephone shows it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import advance, open_shop
from local_airflow import PROJECT, airflow_environment, migrate
from playwright.sync_api import Browser, Frame, Page, sync_playwright
from shopify_analytics.config import Folders
from shopify_analytics.web.preview import preview

PICTURES = PROJECT / "dashboards" / "screenshots"
PAGES = ("overview", "geography", "orders", "analysis", "pipeline")
THEMES = ("light", "dark")
WIDE, PHONE = {"width": 1600, "height": 1000}, {"width": 390, "height": 844}
LANGUAGE = "en-US"
NOW = datetime(2026, 11, 20, 16, 24, tzinfo=UTC)
SYNCS = 3
BETWEEN_SYNCS = timedelta(minutes=10)
# Shopify is short of breath once, so that Pipeline Health has something to tell.
REFUSED_SYNC, REFUSALS = 2, {"storm": "429", "storm_answers": 2}
AGE_OF_DATA = timedelta(minutes=4)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_CHROMIUM = "There is no Chromium on this machine: install it (on Debian: apt install chromium)"
# Nothing that a browser does by itself: https://peter.sh/experiments/chromium-command-line-switches
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
)
# Everything that is drawn later is drawn, and the first picture of it stays.
IS_READY = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const isBusy = all(".body[aria-busy], .plot.unready").length > 0;
    const named = all("key-figure h2").every(({ textContent }) => textContent);
    const filled = all("order-list .body, pipeline-health .body").every(({ firstChild }) => firstChild);
    const drawn = all("main .plot svg, main .note, main table").length > 0;
    return !isBusy && named && filled && drawn && document.querySelector("#freshness").textContent;
}"""


def main() -> None:
    """Replace the pictures.

    :raises SystemExit: saying what to install.
    """
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(NO_CHROMIUM)
    with TemporaryDirectory(prefix="shopify-analytics-screenshots-") as name:
        folders = Folders(Path(name) / "data", Path(name) / "logs")
        read_demo_store(Path(name), folders)
        with opened(chromium) as browser, served(folders) as url:
            PICTURES.mkdir(parents=True, exist_ok=True)
            for page in PAGES:
                for theme in THEMES:
                    take(browser, f"{url}/{page}", theme, WIDE, PICTURES / f"{page}-{theme}.png")
            take(browser, f"{url}/overview", "light", PHONE, PICTURES / "overview-phone.png")


def find_chromium() -> str | None:
    """The browser's program, if this machine has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def opened(chromium: str) -> Iterator[Browser]:
    """A browser without a window, which only asks for what its pages ask for."""
    # Its sandbox refuses root, who is all there is in many containers.
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@contextmanager
def served(folders: Folders, port: int = 0) -> Iterator[str]:
    """The address of a preview of a folder of data, on a free port unless one is given."""
    config = uvicorn.Config(preview(folders), host="127.0.0.1", port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="dashboards")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise SystemExit("The preview of the dashboards did not start.")
            time.sleep(0.01)
        taken = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{taken}/shopify"
    finally:
        server.should_exit = True
        thread.join()


def wait_until_drawn(page: Page | Frame) -> None:
    """Wait until a page shows all that it has to show."""
    page.wait_for_function(IS_READY)


def take(browser: Browser, address: str, theme: Any, size: Any, picture: Path) -> None:
    """Write the picture of a whole page, taken some minutes after the last sync."""
    context = browser.new_context(
        viewport=size, color_scheme=theme, locale=LANGUAGE, timezone_id="UTC", reduced_motion="reduce"
    )
    page = context.new_page()
    asked = context.request.get(f"{address.rpartition('/')[0]}/api/shop")
    page.clock.set_fixed_time(datetime.fromisoformat(asked.json()["data_as_of"]) + AGE_OF_DATA)
    page.goto(address)
    wait_until_drawn(page)
    page.screenshot(path=picture, full_page=True, animations="disabled")
    context.close()
    print(picture.relative_to(PROJECT), flush=True)


def read_demo_store(folder: Path, folders: Folders) -> None:
    """Sync the demo store some times, ten minutes of the shop's life apart.

    :raises SystemExit: with what Airflow has said, when a sync fails.
    """
    print("Making the demo store …", flush=True)
    began = NOW - (SYNCS - 1) * BETWEEN_SYNCS
    clock = ManualClock(began)
    store = open_shop(folder / "demo_store.db", now=began)
    with DemoServer(store, clock=clock, life=advance) as server:
        env = environment(folder, folders, server.url)
        migrate(env)
        for number in range(1, SYNCS + 1):
            print(f"Sync {number} of {SYNCS} …", flush=True)
            if number == REFUSED_SYNC:
                server.faults.change(REFUSALS)
            sync(env, full=number == 1)
            clock.advance(BETWEEN_SYNCS)
    store.close()


def environment(folder: Path, folders: Folders, store: str) -> dict[str, str]:
    """An Airflow of its own, beside whatever this machine has, that reads this store."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "SHOPIFY_"))}
    connection = {"conn_type": "shopify", "host": store, "password": DEMO_TOKEN}
    return airflow_environment(
        own
        | {
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW_CONN_SHOPIFY_DEFAULT": json.dumps(connection),
            "AIRFLOW_VAR_ANALYTICS_DATA_DIR": str(folders.data_dir),
            "AIRFLOW_VAR_ANALYTICS_LOG_DIR": str(folders.log_dir),
            "AIRFLOW_VAR_GOOGLE_SHEET_ID": "",
        }
    )


def sync(env: Mapping[str, str], *, full: bool) -> None:
    """Run the DAG once."""
    conf = json.dumps({"full_sync": full})
    command = [sys.executable, "-m", "airflow", "dags", "test", "shopify_sync", "-c", conf]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout[-3000:]}{done.stderr[-3000:]}\nThe sync of the demo store failed.")


if __name__ == "__main__":
    main()
