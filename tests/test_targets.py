"""The Variable analytics_targets: metrics of the scorecard and numbers, anything else refused by name."""

from __future__ import annotations

import json

import pytest
from shopify_analytics.config import TARGET_METRICS, load_settings, targets
from shopify_analytics.errors import SettingsError

WHAT = "Variable analytics_targets is"


def test_targets_are_numbers_by_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    assert targets() == {}
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_TARGETS", '{"total_sales": 50000, "refund_rate_percent": 4.5}')
    assert targets() == {"total_sales": 50000, "refund_rate_percent": 4.5}
    assert load_settings().targets == targets()


@pytest.mark.parametrize("value", ["", " ", "{}"])
def test_no_targets_are_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_TARGETS", value)
    assert targets() == {}


@pytest.mark.parametrize("value", ["50000", "total_sales=50000", '["total_sales"]', '{"total_sales": }'])
def test_what_is_no_json_object_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_TARGETS", value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == (
        f"{WHAT} {value!r}: set it to a JSON object of metrics and what is aimed at in 30 days, "
        'such as {"total_sales": 50000}'
    )


def test_a_metric_that_the_scorecard_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    value = '{"total_sales": 1, "profit": 2}'
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_TARGETS", value)
    with pytest.raises(SettingsError) as error:
        targets()
    assert str(error.value) == (
        f"{WHAT} {value!r}: 'profit' is no metric of the scorecard; use {', '.join(TARGET_METRICS)}"
    )


@pytest.mark.parametrize("target", ["1", True, None, [1], float("nan"), float("inf"), 10**400])
def test_a_target_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, target: object) -> None:
    value = json.dumps({"total_orders": target})
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_TARGETS", value)
    with pytest.raises(SettingsError) as error:
        targets()
    assert str(error.value) == f"{WHAT} {value!r}: set the target of total_orders to a number"
