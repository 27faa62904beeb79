"""The dashboards' web application: pages, files and the data API, under one prefix and behind one guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopify_analytics.errors import SettingsError
from shopify_analytics.web import files, vega
from shopify_analytics.web.answers import (
    HEADERS,
    Answer,
    BadRequest,
    NotThere,
    Unavailable,
    is_known,
    json_answer,
    refusal,
    respond,
)
from shopify_analytics.web.order_list import order_list, version_of_orders
from shopify_analytics.web.pipeline_answer import pipeline
from shopify_analytics.web.reading import opened
from shopify_analytics.web.report_answers import definitions, report_answer, version_of_report
from shopify_analytics.web.shop_answer import shop_answer
from shopify_analytics.web.site import Site

EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def create_app(site: Callable[[], Site], guards: Sequence[Any]) -> FastAPI:
    """The application, which answers nobody but those whom the guards let pass.

    A last route takes what no other does, so that the guards see it too. Nothing is mounted: a mounted
    application would skip them.

    :param site: where the data is; may raise :class:`SettingsError`.
    :param guards: FastAPI dependencies that refuse strangers.
    """
    app = FastAPI(
        title="Shopify dashboards",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=list(guards),
    )
    _add_error_handlers(app)
    _add_api(app, site)
    _add_files(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(StrictHeaders)
    return app


class StrictHeaders:
    """Puts the headers that keep a browser strict on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.lower().encode() not in given
                    ),
                ]
            await send(message)

        await self.app(scope, receive, send_strictly)


def _add_api(app: FastAPI, site: Callable[[], Site]) -> None:
    @app.get("/api/shop")
    def shop(request: Request) -> Response:
        return respond(request, json_answer(shop_answer(site())))

    @app.get("/api/definitions")
    def explain(request: Request) -> Response:
        return respond(request, definitions())

    @app.get("/api/reports/{report}")
    def show_report(request: Request, report: str) -> Response:
        now = site()
        with opened(now.folders.database) as db:
            version = version_of_report(db, report, request.query_params, now.targets)
            if is_known(request, version):
                return respond(request, Answer(b"", "", version))
            return respond(request, report_answer(db, report, request.query_params, now.targets))

    @app.get("/api/orders")
    def list_orders(request: Request) -> Response:
        with opened(site().folders.database) as db:
            version = version_of_orders(db, request.query_params)
            if is_known(request, version):
                return respond(request, Answer(b"", "", version))
            return respond(request, order_list(db, request.query_params))

    @app.get("/api/pipeline")
    def show_pipeline(request: Request) -> Response:
        now = site()
        with opened(now.folders.database, knows_shop=False) as db:
            return respond(request, json_answer(pipeline(db, now)))


def _add_files(app: FastAPI) -> None:
    @app.get("/vega.js")
    def show_vega(request: Request) -> Response:
        return respond(request, vega.script(compressed="gzip" in request.headers.get("Accept-Encoding", "")))

    @app.get("/assets/{name:path}")
    def show_asset(request: Request, name: str) -> Response:
        return respond(request, files.asset(name))

    @app.get("/{name}")
    def show_page(request: Request, name: str) -> Response:
        vega.prepare()
        return respond(request, files.page(name))

    @app.api_route("/{rest:path}", methods=EVERY_METHOD)
    def show_nothing() -> Response:
        raise NotThere("There is nothing here")


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(BadRequest)
    def refuse(_: Request, error: BadRequest) -> Response:
        return refusal(400, error=str(error))

    @app.exception_handler(NotThere)
    def miss(_: Request, error: NotThere) -> Response:
        return refusal(404, error=str(error))

    @app.exception_handler(Unavailable)
    def wait(_: Request, error: Unavailable) -> Response:
        return refusal(503, state=error.state, error=str(error), advice=error.advice)

    @app.exception_handler(SettingsError)
    def mend(_: Request, error: SettingsError) -> Response:
        return refusal(
            503,
            state="settings",
            error=str(error),
            advice="Correct it in Airflow: Admin, Variables.",
        )

    @app.exception_handler(Exception)
    def apologise(_: Request, __: Exception) -> Response:
        return refusal(500, error="Something went wrong here: the API server's log says what")
