"""Pages and files: those by known names, sent so that a browser keeps them and trusts nothing else."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from shopify_analytics.config import PROJECT
from shopify_analytics.web import files, vega
from shopify_analytics.web.answers import HEADERS, NotThere

DASHBOARDS = PROJECT / "include" / "dashboards"
STRICT = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["overview", "nothing", "api/shop", "api/reports/daily?start=never", "vega.js"]
)
def test_every_answer_keeps_the_browser_strict(shop: TestClient, path: str) -> None:
    answer = shop.get(path)
    assert {name: answer.headers.get(name) for name in STRICT} == STRICT
    assert {name.lower() for name in HEADERS} == set(STRICT)


@pytest.mark.parametrize("page", files.PAGES)
def test_a_page_is_its_file(shop: TestClient, page: str) -> None:
    answer = shop.get(page)
    assert answer.status_code == 200
    assert answer.content == (DASHBOARDS / "pages" / f"{page}.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_every_file_of_the_dashboards_is_had_by_its_name(shop: TestClient) -> None:
    paths = [
        path
        for path in (*DASHBOARDS.glob("*"), *(DASHBOARDS / "charts").glob("*"))
        if path.suffix in (".js", ".css", ".json", ".svg")
    ]
    names = [path.relative_to(DASHBOARDS).as_posix() for path in paths]
    assert {"theme.js", "world.json"} <= set(names)
    answers = {name: shop.get(f"assets/{name}") for name in names}
    assert {name for name, answer in answers.items() if answer.status_code != 200} == set()
    assert {
        (Path(name).suffix, answer.headers["content-type"].partition(";")[0])
        for name, answer in answers.items()
    } <= {
        (".js", "text/javascript"),
        (".css", "text/css"),
        (".json", "application/json"),
        (".svg", "image/svg+xml"),
    }


@pytest.mark.parametrize(
    "path",
    [
        "assets/",
        "assets/pages/overview.html",
        "assets/world.json.md",
        "assets/charts/",
        "assets/..%2f..%2fvariables.json",
        "assets/%2e%2e/variables.json",
        "assets/charts%2f..%2f..%2f..%2fvariables.json",
        "assets//etc/passwd",
        "assets/%2fetc%2fpasswd",
        "assets/..%5c..%5cvariables.json",
        "assets/theme.js%00",
        "assets/THEME.JS",
        "pages/overview.html",
        "overview.html",
        "..%2foverview",
        "docs",
        "redoc",
        "openapi.json",
        "%F0%9F%8D%95",
    ],
)
def test_no_other_file_is_served(path: str, shop: TestClient) -> None:
    answer = shop.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


def test_a_link_to_elsewhere_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.json").write_text("{}")
    served = tmp_path / "dashboards"
    served.mkdir()
    (served / "own.json").write_text("{}")
    (served / "stolen.json").symlink_to(tmp_path / "secret.json")
    monkeypatch.setattr(files, "DASHBOARDS", served)
    assert files.asset("own.json").body == b"{}"
    with pytest.raises(NotThere):
        files.asset("stolen.json")


def test_an_unchanged_file_is_not_sent_again(shop: TestClient) -> None:
    first = shop.get("assets/theme.js")
    assert first.headers["cache-control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["etag"]}
    again = shop.get("assets/theme.js", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert shop.get("assets/world.json", headers=known).status_code == 200


def test_large_answers_are_compressed_for_whoever_reads_that(shop: TestClient) -> None:
    answer = shop.get("assets/world.json")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == (DASHBOARDS / "world.json").read_bytes()
    assert int(answer.headers["content-length"]) < len(answer.content) / 2
    plain = shop.get("assets/world.json", headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.content) == (False, answer.content)


def test_vegas_script_is_what_the_package_carries(shop: TestClient) -> None:
    answer = shop.get("vega.js")
    assert b"vegaEmbed" in answer.content
    assert (answer.headers["content-encoding"], answer.headers["cache-control"]) == (
        "gzip",
        "private, max-age=86400",
    )
    assert gzip.decompress(vega.script().body) == answer.content
    plain = shop.get("vega.js", headers={"Accept-Encoding": "identity"})
    assert hashlib.sha256(plain.content).digest() == hashlib.sha256(answer.content).digest()
    assert "content-encoding" not in plain.headers
    known = {"If-None-Match": answer.headers["etag"]}
    assert shop.get("vega.js", headers=known).status_code == 304


def test_only_reading_is_possible(shop: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert shop.request(method, "api/shop").status_code == 404
