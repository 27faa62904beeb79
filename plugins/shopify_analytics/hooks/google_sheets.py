"""Credentials for Google Sheets, as Airflow's Google provider has them, and gspread's client with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, partial
from typing import cast

import gspread
from airflow.providers.google.common.hooks.base_google import GoogleBaseHook
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowException
from google.auth.exceptions import GoogleAuthError

from shopify_analytics.airflow_settings import connection
from shopify_analytics.config import GOOGLE_SHEETS, PROJECT
from shopify_analytics.errors import SettingsError
from shopify_analytics.sheets.answers import SCOPE
from shopify_analytics.sheets.client import SheetsClient

CONN_ID = "google_cloud_default"
KEY_FILE = PROJECT / "gspread_credentials.json"


class GoogleSheetsHook(GoogleBaseHook):
    """Google Sheets on behalf of the connection ``google_cloud_default``.

    Without that connection, ``gspread_credentials.json`` in the project's folder is the key. Keys, workload
    identity and impersonation work as in the provider's other hooks; the scope for spreadsheets is added.
    https://airflow.apache.org/docs/apache-airflow-providers-google/stable/connections/gcp.html
    """

    def __init__(
        self,
        gcp_conn_id: str = CONN_ID,
        impersonation_chain: str | Sequence[str] | None = None,
        *,
        endpoint: str = GOOGLE_SHEETS,
    ) -> None:
        super().__init__(gcp_conn_id, impersonation_chain)
        self.endpoint = endpoint

    @classmethod
    def get_connection(cls, conn_id: str) -> Connection:
        """The connection, or one that leads to the key file."""
        if found := connection(conn_id):
            return found
        if conn_id == CONN_ID and KEY_FILE.exists():
            extra = json.dumps({"key_path": str(KEY_FILE)})
            return Connection(conn_id=conn_id, conn_type="google_cloud_platform", extra=extra)
        raise SettingsError(
            f"There are no Google credentials: put the key of a service account into {KEY_FILE.name} in "
            f"the project's folder, or add the connection {conn_id}"
        )

    @property
    def scopes(self) -> list[str]:
        """The connection's own scopes, and that for spreadsheets, which the provider's default lacks."""
        own = super().scopes if self._get_field("scope") else []
        return list(dict.fromkeys([*own, SCOPE]))

    @cached_property
    def account(self) -> str:
        """The e-mail that a spreadsheet is to be shared with.

        :raises SettingsError: when the credentials cannot be used.
        """
        try:
            credentials = self.get_credentials()
        except (AirflowException, GoogleAuthError, ValueError, OSError) as error:
            raise SettingsError(
                f"The credentials of the connection {self.gcp_conn_id} cannot be used "
                f"({type(error).__name__}): download the key of a service account as JSON, and put it into "
                f"{KEY_FILE.name} or into the connection as Keyfile JSON"
            ) from None
        return str(getattr(credentials, "service_account_email", None) or "the account of the connection")

    @cached_property
    def client(self) -> SheetsClient:
        """gspread's HTTP client; raises as :meth:`get_conn` does."""
        return cast("SheetsClient", self.get_conn().http_client)

    def get_conn(self) -> gspread.Client:
        """gspread with these credentials.

        :raises SettingsError: when the credentials cannot be used.
        """
        account = self.account
        http = partial(SheetsClient, endpoint=self.endpoint, account=account)
        return gspread.Client(auth=self.get_credentials(), http_client=http)  # type: ignore[arg-type]
