"""The chart that dashboards/README.md adds, as a person adds it who follows the three steps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from shopify_analytics.config import PROJECT
from shopify_analytics.database import read_only

from tests.browser.reader import Visit
from tests.browser.shop import Synced
from tests.standalone import free_ports

GUIDE = (PROJECT / "dashboards" / "README.md").read_text(encoding="utf-8").partition("## Add a chart\n")[2]


def block(language: str) -> str:
    """The guide's block of code in this language, without the indentation of its step."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return re.sub(r"^   ", "", found, flags=re.MULTILINE)


def file_in(folder: Path, ending: str) -> Path:
    """The file with this ending that the guide names, in a copy of the project."""
    (found,) = set(re.findall(rf"`((?:include|plugins)/[\w/]+\.{ending})`", GUIDE))
    return folder / found


def follow(folder: Path) -> None:
    """Take the guide's three steps in a copy of the project."""
    report, listed = file_in(folder, "sql"), file_in(folder, "py")
    report.write_text(block("sql"), encoding="utf-8")
    served = listed.read_text(encoding="utf-8").replace(
        "\nREPORTS = (\n", f'\nREPORTS = (\n    "{report.stem}",\n'
    )
    listed.write_text(served, encoding="utf-8")
    file_in(folder, "json").write_text(block("json"), encoding="utf-8")
    page, (line,) = file_in(folder, "html"), re.findall(r"`(<chart-card .*?</chart-card>)`", GUIDE)
    shown = page.read_text(encoding="utf-8")
    page.write_text(shown.replace("<chart-card ", f"{line}\n<chart-card ", 1), encoding="utf-8")


@contextmanager
def previewed(project: Path, data: Path) -> Iterator[str]:
    """The dashboards of a copy of the project, by a process of its own, as the guide's reader restarts it."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "shopify_analytics.web.preview", str(data), "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(project / "plugins")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip().removesuffix("/overview")
            wait_for(process, f"{url}/api/shop")
            yield url
        finally:
            process.terminate()


def wait_for(process: subprocess.Popen[str], address: str) -> None:
    """Wait until a process answers at an address."""
    while True:
        try:
            requests.get(address, timeout=60)
        except requests.ConnectionError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            return


def test_the_new_chart_is_on_its_page_with_the_reports_rows(
    visit: Visit, synced: Synced, tmp_path: Path
) -> None:
    for name in ("plugins", "include"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    follow(tmp_path)
    with read_only(synced.folders.database) as db:
        rows = db.execute(block("sql"), {"start": None, "end": None}).fetchall()
    with previewed(tmp_path, synced.folders.data_dir) as url:
        reader = visit("orders?range=all", url)
        assert reader.card("Orders by hour").locator(".plot svg").count() == 1
        reader.choose("Orders by hour", "Show as table")
        assert reader.table("Orders by hour") == [[f"{hour}", f"{orders:,}"] for hour, orders in rows]
