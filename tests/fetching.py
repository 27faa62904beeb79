"""Fetches as the tries of a task make them, from a demo store over HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo_store.api.server import DemoServer
from shopify_analytics.fetch import fetch
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.staging import EntityStaging, Window, record_ids

from tests.syncing import EVERYTHING

API = "/admin/api/2026-10"


@dataclass
class Fetches:
    """Fetches from ``server`` in pages of two, each by a hook of its own, as each try of a task has one."""

    db: sqlite3.Connection
    server: DemoServer
    folder: Path
    warnings: list[str] = field(default_factory=list)

    def fetch(
        self, entity: str, window: Window = EVERYTHING, *, after_answer: Callable[[int], None] | None = None
    ) -> dict[str, Any]:
        """Fetch; ``after_answer`` is called with the number of answers so far."""
        hook = ShopifyHook(page_size=2)

        def answered(*_: Any, **__: Any) -> None:
            if after_answer:
                after_answer(hook.requests_made)

        hook.get_conn().hooks["response"].append(answered)
        staging = EntityStaging.begin(self.folder / entity, window)
        return fetch(entity, hook, self.db, staging, self.warnings.append)

    def pages(self, entity: str) -> list[list[int]]:
        """The ids on each staged page, as the tests number them."""
        pages = EntityStaging.finished(self.folder / entity).pages()
        return [[record_id % 1_000_000 for record_id in record_ids(page)] for page in pages]

    def deleted(self, entity: str) -> list[tuple[int, str]]:
        """The staged deletions, ids as the tests number them."""
        found = EntityStaging.finished(self.folder / entity).deleted()
        return [(entry["id"] % 1_000_000, entry["deleted_at"]) for entry in found]

    def requests(self, path: str) -> int:
        """How many requests have come for a path below the API's version."""
        return self.server.requests.by_path[f"{API}/{path}.json"]
