"""The dashboards inside Airflow: in the main navigation, and as a tab of the DAG ``shopify_sync``.

Every Airflow process loads plugins, but only the API server answers requests: what these need is imported
when the first one comes.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

DAG_ID = "shopify_sync"


class Dashboards:
    """The application of ``shopify_analytics.web`` for whoever may read the DAG, made when it is needed.

    Airflow mounts it without any check of its own: https://github.com/apache/airflow/issues/72655
    """

    def __init__(self) -> None:
        self._made: FastAPI | None = None
        self._making = Lock()

    @property
    def routes(self) -> list[Any]:
        """What it answers, for whoever lists Airflow's routes."""
        return list(self._application().routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; without the guard there is no application, and the request fails."""
        await self._application()(scope, receive, send)

    def _application(self) -> FastAPI:
        with self._making:
            if self._made is None:
                self._made = make_application()
            return self._made


def make_application() -> FastAPI:
    """The application with its guard."""
    from airflow.api_fastapi.core_api.security import requires_access_dag  # noqa: PLC0415 takes seconds
    from fastapi import Depends  # noqa: PLC0415 as does this
    from shopify_analytics.web.app import create_app  # noqa: PLC0415
    from shopify_analytics.web.site import Remembered, airflow_site  # noqa: PLC0415

    may_read_the_dag = Depends(requires_access_dag("GET", param_dag_id=DAG_ID))
    return create_app(Remembered(airflow_site), guards=[may_read_the_dag])


class ShopifyDashboardsPlugin(AirflowPlugin):
    """Where the dashboards are, and where Airflow's UI shows them, relative to Airflow's own address."""

    name = "shopify_dashboards"
    fastapi_apps: list[Any] = [  # noqa: RUF012 as Airflow declares it
        {"app": Dashboards(), "url_prefix": "/shopify", "name": "Shopify dashboards"}
    ]
    external_views: list[Any] = [  # noqa: RUF012
        {
            "name": "Shopify",
            "href": "shopify/overview",
            "destination": "nav",
            "url_route": "shopify",
            "nav_top_level": True,
        },
        {
            "name": "Dashboards",
            "href": "shopify/overview",
            "destination": "dag",
            "url_route": "shopify-dag",
        },
    ]
