"""What an error of Google Sheets means, and what to do about it.

The texts and reasons are those of https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors
"""

from __future__ import annotations

import re
from typing import Any

import requests

from shopify_analytics.errors import SheetsRefused

QUOTED = re.compile(r'"[^"]*"')
ENABLE_AT = "https://console.cloud.google.com/apis/library/sheets.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
# By words of Google's message.
CURES = {
    "not supported for this document": (
        "An Excel file was uploaded as {book}: open it, choose File > Save as Google Sheets, and set the "
        "Variable google_sheet_id to the new one"
    ),
    "protected cell or object": (
        "Somebody protected cells of {book}: in Data > Protect sheets and ranges, let {account} edit what "
        "this project writes, or remove the protection"
    ),
    "limit of 10000000 cells": (
        "More than ten million cells do not fit into {book}: delete tabs of your own there, set the Variable "
        "google_sheets_newest_orders, or give tables spreadsheets of their own by google_sheet_ids"
    ),
}


def refusal(response: requests.Response, account: str) -> SheetsRefused:
    """The error for an answer that waiting cannot cure: what is wrong, and which setting to change."""
    found = re.search(r"/spreadsheets/([^/:?]+)", response.url)
    book = f"the spreadsheet {found[1]}" if found else "the spreadsheet"
    return SheetsRefused(_cure(response, account, book))


def message_of(response: requests.Response) -> str:
    """Google's own words in one line, without what it quotes of a cell."""
    message = str(_error(response).get("message") or response.reason or "no reason given")
    return QUOTED.sub('"…"', " ".join(message.split()))[:300]


def quota_window(response: requests.Response) -> float | None:
    """When the minute began whose quota is used up, in seconds since 1970."""
    for detail in _error(response).get("details", ()):
        began = (detail.get("metadata") or {}).get("window_start_time", "")
        if str(began).isdecimal():
            return float(began)
    return None


def _cure(response: requests.Response, account: str, book: str) -> str:
    message, status = message_of(response), response.status_code
    if status == 401:
        return (
            f"Google does not accept the credentials of {account} ({message}): renew them in "
            "gspread_credentials.json or in the connection google_cloud_default"
        )
    if status == 403:
        return _cure_of_403(response, account, book, message)
    if status == 404 and not _error(response):
        endpoint = response.url.partition("/v4/")[0]
        return (
            f"There is no Google Sheets API at {endpoint} (404): correct the Variable "
            "google_sheets_api_endpoint, or empty it"
        )
    if status == 404:
        return (
            f"There is no {book.removeprefix('the ')}, or nobody shared it with {account}: set the Variable "
            "google_sheet_id to the part of its address between /d/ and /edit"
        )
    known = (cure for words, cure in CURES.items() if words in message)
    cure = next(known, "Google Sheets refused a request for {book} ({status}, {message})")
    return cure.format(account=account, book=book, status=status, message=message)


def _cure_of_403(response: requests.Response, account: str, book: str, message: str) -> str:
    reasons = {str(detail.get("reason")) for detail in _error(response).get("details", ())}
    if "SERVICE_DISABLED" in reasons or "has not been used in project" in message:
        return (
            f"The Google Sheets API is switched off in the Google Cloud project of {account}: enable it at "
            f"{ENABLE_AT}, and wait a few minutes"
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons or "authentication scopes" in message:
        return (
            f"The credentials of {account} are not meant for spreadsheets: add the scope {SCOPE} to what "
            "gives them out, or use a key of a service account"
        )
    return f"Google does not let {account} write {book} ({message}): share it with {account} as an editor"


def _error(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {"message": str(error)} if error else {}
