"""Requests are counted by the minute, and one too many is refused in Google's words."""

from __future__ import annotations

import pytest

from tests.sheets_server import ApiError, Book, Quota, SheetsServer
from tests.sheets_server.clients import Caller, Clock, message

MESSAGE = (
    "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' "
    "of service 'sheets.googleapis.com' for consumer 'project_number:123456789012'."
)


def statuses(caller: Caller, count: int, *, write: bool = False) -> list[int]:
    if write:
        return [caller.put({"Sheet1!A1": [["x"]]}).status_code for _ in range(count)]
    return [caller.session.get(caller.book).status_code for _ in range(count)]


def test_the_limit_holds_for_a_minute(caller: Caller, server: SheetsServer, clock: Clock) -> None:
    server.quota = Quota(writes_per_user=3)
    assert statuses(caller, 5, write=True) == [200, 200, 200, 429, 429]
    clock.sleep(39)
    assert statuses(caller, 1, write=True) == [429]
    clock.sleep(1)
    assert statuses(caller, 4, write=True) == [200, 200, 200, 429]


def test_a_refused_write_changes_nothing(caller: Caller, server: SheetsServer, book: Book) -> None:
    server.quota = Quota(writes_per_user=0)
    assert statuses(caller, 1, write=True) == [429]
    assert book.values("Sheet1") == []


def test_the_answer_names_the_window_and_no_time_to_wait(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(writes_per_user=0)
    response = caller.put({"Sheet1!A1": [["x"]]})
    assert "Retry-After" not in response.headers
    assert response.json() == {
        "error": {
            "code": 429,
            "message": MESSAGE,
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "RATE_LIMIT_EXCEEDED",
                    "domain": "googleapis.com",
                    "metadata": {
                        "window_start_time": "1795000020",
                        "quota_metric": "sheets.googleapis.com/write_requests",
                        "quota_location": "global",
                        "service": "sheets.googleapis.com",
                        "quota_unit": "1/min/{project}/{user}",
                        "quota_limit": "WriteRequestsPerMinutePerUser",
                        "consumer": "projects/123456789012",
                        "quota_limit_value": "0",
                    },
                },
                {
                    "@type": "type.googleapis.com/google.rpc.Help",
                    "links": [
                        {
                            "description": "Request a higher quota limit.",
                            "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                        }
                    ],
                },
            ],
        }
    }


def test_reads_and_writes_are_counted_apart(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(reads_per_user=1, writes_per_user=1)
    assert statuses(caller, 2) + statuses(caller, 2, write=True) == [200, 429, 200, 429]


def test_a_batch_is_one_request(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(writes_per_user=1)
    assert caller.put({f"Sheet1!A{row}": [["x"]] for row in range(1, 101)}).status_code == 200


def test_a_project_has_a_limit_for_all_its_accounts(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(reads_per_user=2, reads_per_project=3)
    project = "123456789012"
    now = server.clock()
    for user in ("a", "a", "b"):
        server.quota.count("read", user, project, now)
    with pytest.raises(ApiError, match="'Read requests per minute' of service"):
        server.quota.count("read", "b", project, now)


def test_refused_requests_count_against_the_project(server: SheetsServer) -> None:
    quota = Quota(reads_per_user=1, reads_per_project=2)
    refused = []
    for user in ("a", "a", "b"):
        try:
            quota.count("read", user, "p", 0)
        except ApiError as error:
            refused.append((user, error.message.partition(" and limit ")[2].partition(" of ")[0]))
    assert refused == [("a", "'Read requests per minute per user'"), ("b", "'Read requests per minute'")]


def test_a_request_without_a_right_is_refused_before_it_counts(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(reads_per_user=1)
    server.anonymous_role = None
    assert statuses(caller, 3) == [403, 403, 403]
    server.anonymous_role = "reader"
    assert statuses(caller, 2) == [200, 429]


def test_a_request_that_is_wrong_counts(caller: Caller, server: SheetsServer) -> None:
    server.quota = Quota(reads_per_user=1)
    assert message(caller.session.get(f"{caller.book}/values/Nowhere")) == "Unable to parse range: Nowhere"
    assert statuses(caller, 1) == [429]


def test_a_new_project_has_googles_limits() -> None:
    quota = Quota.of_google()
    limits = (quota.reads_per_user, quota.writes_per_user, quota.reads_per_project, quota.writes_per_project)
    assert limits == (60, 60, 300, 300)
