"""A platform of an earlier version that is upgraded, and then leaves the demo store for a real one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from demo_store.shop.life import open_shop

from tests.compose.platform import PROJECT, Platform, lay_over

HOST, DOMAIN = "http://other-store:8000", "willow-and-wool.myshopify.com"
CLIENT_ID, CLIENT_SECRET = "planted-client-id-5f0c9a", "shpss_planted_secret_2b6f4e8d90"
TOKEN, WRONG_TOKEN = "shpat_planted_token_77aa31c0e5", "shpat_planted_and_wrong_11bd94"
BOOK, KEY_FILE = "spreadsheet-of-the-shop", "gspread_credentials.json"
ORDERS, MONTHS = 200, 4
COMPOSE_FILE, OVERRIDE = "docker-compose.yaml", "docker-compose.override.yaml"
OTHER_STORE = f"""\
services:
  other-store:
    image: ${{COMPOSE_PROJECT_NAME}}-airflow
    pull_policy: never
    attach: false
    init: true
    user: "0:0"
    entrypoint: [python, -m, demo_store, --host, 0.0.0.0, --data, /shop/store.db]
    command: [--token, {TOKEN}, --client-id, {CLIENT_ID}, --client-secret, {CLIENT_SECRET}]
    volumes:
      - ./include:/opt/airflow/include:ro
      - ./other-store:/shop
    depends_on:
      secrets: {{condition: service_completed_successfully}}

  sheets:
    image: ${{COMPOSE_PROJECT_NAME}}-airflow
    pull_policy: never
    attach: false
    init: true
    user: "0:0"
    working_dir: /server
    entrypoint: [python, -m, tests.sheets_server, --host, sheets, --port, "8000"]
    command: [--book, {BOOK}, --key, /shop/{KEY_FILE}]
    volumes:
      - {PROJECT}/tests:/server/tests:ro
      - ./other-store:/shop
    depends_on:
      secrets: {{condition: service_completed_successfully}}

  scheduler:
    environment:
      # Google's libraries ask it in the background about the account's regions.
      HTTPS_PROXY: http://127.0.0.1:9
"""


def lay_earlier_version(folder: Path) -> str | None:
    """Fill a folder with the newest earlier version that has this platform; return its commit.

    There is none while the platform itself is new: then it is the present one, and None.
    """
    commits = git("rev-list", "--max-count=30", "HEAD").decode().split()
    has_changes = bool(git("status", "--porcelain"))
    for commit in commits if has_changes else commits[1:]:
        if git("ls-tree", "--name-only", commit, COMPOSE_FILE):
            extract = [shutil.which("tar") or "tar", "--extract", f"--directory={folder}"]
            subprocess.run(extract, input=git("archive", commit), check=True)
            shutil.rmtree(folder / "tests")
            return commit
    lay_over(folder)
    return None


def git(*arguments: str) -> bytes:
    """What git prints about the project."""
    return subprocess.run(
        [shutil.which("git") or "git", *arguments], cwd=PROJECT, capture_output=True, check=True
    ).stdout


def add_other_store(folder: Path) -> None:
    """Let another shop run beside the platform, with a domain and credentials of its own."""
    path = folder / "other-store" / "store.db"
    store = open_shop(path, seed=7, orders=ORDERS, months=MONTHS, now=datetime.now(UTC))
    names = {"name": "Willow & Wool", "domain": "willow-and-wool.example", "myshopify_domain": DOMAIN}
    store.set_setting("shop", store.shop | names)
    store.close()
    (folder / OVERRIDE).write_text(OTHER_STORE, encoding="utf-8")


def add_migration(folder: Path, sql: str) -> Path:
    """Put one more migration behind the others."""
    schema = folder / "include" / "sql" / "schema"
    newest = max(int(path.name[:4]) for path in schema.glob("*.sql") if "_of_the_tests" not in path.name)
    migration = schema / f"{newest + 1:04}_of_the_tests.sql"
    migration.write_text(sql, encoding="utf-8")
    return migration


def select(platform: Platform, query: str) -> list[tuple[object, ...]]:
    """The rows of a query in the project's database."""
    with closing(sqlite3.connect(platform.data / "shopify_data.db")) as db:
        return db.execute(query).fetchall()
