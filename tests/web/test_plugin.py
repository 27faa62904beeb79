"""The plugin as Airflow loads it: in every process, so cheaply; and closed when its guard is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import shopify_dashboards
from airflow import plugins_manager
from airflow.api_fastapi.core_api.datamodels.plugins import PluginResponse
from fastapi.testclient import TestClient
from shopify_analytics.web import preview

LOAD = """
import json, sys
from airflow.plugins_manager import AirflowPlugin
before = set(sys.modules)
import shopify_dashboards
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def plugin() -> dict[str, Any]:
    """What Airflow knows of the plugin."""
    (found,) = [each for each in plugins_manager.get_plugin_info() if each["name"] == "shopify_dashboards"]
    return found


def test_airflow_finds_one_plugin_and_nothing_wrong_with_it() -> None:
    assert plugins_manager.get_import_errors() == {}
    assert PluginResponse.model_validate(plugin()).external_views[0].destination == "nav"


def test_the_dashboards_are_in_the_navigation_and_on_the_dag_by_relative_addresses() -> None:
    views = plugin()["external_views"]
    assert [(view["name"], view["destination"], view["href"]) for view in views] == [
        ("Shopify", "nav", "shopify/overview"),
        ("Dashboards", "dag", "shopify/overview"),
    ]
    assert len({view["url_route"] for view in views}) == 2
    assert views[0]["nav_top_level"] is True


def test_loading_the_plugin_imports_nothing_else() -> None:
    """A scheduler, a worker and a DAG processor load it, too."""
    loaded = subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, cwd="plugins")
    assert json.loads(loaded.stdout.splitlines()[-1]) == ["shopify_dashboards"]


def test_without_its_guard_nothing_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a later Airflow has it elsewhere."""
    monkeypatch.setitem(sys.modules, "airflow.api_fastapi.core_api.security", None)
    closed = TestClient(shopify_dashboards.Dashboards())
    for path in ("/overview", "/api/shop", "/assets/theme.js", "/vega.js", "/nothing"):
        with pytest.raises(ImportError):
            closed.get(path)


def test_every_route_has_the_guard_and_nothing_is_mounted() -> None:
    routes = shopify_dashboards.Dashboards().routes
    assert [type(route).__name__ for route in routes] == ["APIRoute"] * len(routes)
    for route in routes:
        (guard,) = route.dependencies
        assert guard.dependency.__qualname__ == "requires_access_dag.<locals>.inner"
    assert routes[-1].path == "/{rest:path}"


def test_the_preview_listens_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(preview.uvicorn, "run", lambda app, **options: asked.update(options))
    monkeypatch.setattr(sys, "argv", ["preview", str(tmp_path), "--port", "9"])
    preview.main()
    assert (asked["host"], asked["port"]) == ("127.0.0.1", 9)
    assert capsys.readouterr().out == "http://127.0.0.1:9/shopify/overview\n"
