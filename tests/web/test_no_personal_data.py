"""No answer names a person: the planted shop, asked for everything that there is."""

from __future__ import annotations

import sqlite3
from itertools import product

import pytest
from fastapi.testclient import TestClient
from shopify_analytics.analytics import compute_summary
from shopify_analytics.web.report_answers import DERIVED, DIMENSIONS, REPORTS

from tests import planted
from tests.planted import PLANTED, found_in
from tests.syncing import Syncs


def every_address(client: TestClient) -> list[str]:
    """Every route of the API, with every filter and dimension."""
    told = client.get("api/definitions").json()["reports"]
    addresses = ["api/shop", "api/definitions", "api/pipeline", "api/orders?limit=100", "api/orders?number=1"]
    for report in (*REPORTS, *DERIVED):
        if "dimension" in told[report]["parameters"]:
            addresses += [f"api/reports/{report}?dimension={each}&top_n=1000" for each in DIMENSIONS]
        else:
            addresses.append(f"api/reports/{report}")
    addresses += [
        f"api/reports/{report}?{part}"
        for report, part in product(REPORTS, ("country=BE", "channel=Online+Store"))
        if part.partition("=")[0] in told[report]["parameters"]
    ]
    return addresses


@pytest.mark.usefixtures("loaded")
def test_no_answer_names_a_person(client: TestClient, syncs: Syncs, db: sqlite3.Connection) -> None:
    syncs.load(customers=planted.unreadable_customers(), orders=planted.unreadable_orders())
    compute_summary(db, 10)
    assert found_in("\n".join(db.iterdump()).encode()) == PLANTED - {planted.FORMER_NAME}
    answers = {address: client.get(address) for address in every_address(client)}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {address for address, answer in answers.items() if found_in(answer.content)} == set()
    assert b"rejected" in answers["api/pipeline"].content


@pytest.mark.usefixtures("loaded")
def test_what_is_refused_names_nobody_either(client: TestClient) -> None:
    for address in (
        f"api/orders?number={planted.EMAIL}",
        "api/reports/top_customers",
        "api/reports/customer_value",
    ):
        assert client.get(address).status_code in (400, 404)
