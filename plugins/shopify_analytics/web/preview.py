"""The dashboards of a folder of data without Airflow and its login, for whoever works on them.

``python -m shopify_analytics.web.preview DATA_DIR --port 8765``, then
http://127.0.0.1:8765/shopify/overview. It listens on this machine only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from shopify_analytics.config import Folders
from shopify_analytics.web.app import create_app
from shopify_analytics.web.site import Site


def preview(folders: Folders) -> Starlette:
    """The application under the prefix that it has in Airflow, open to everybody who reaches it."""
    return Starlette(routes=[Mount("/shopify", create_app(lambda: Site(folders), guards=[]))])


def main() -> None:
    """Serve until interrupted."""
    asked = argparse.ArgumentParser(description="Show the dashboards of a folder of data, without a login.")
    asked.add_argument("data_dir", type=Path, help="the folder of shopify_data.db")
    asked.add_argument("--port", type=int, default=8765)
    given = asked.parse_args()
    folders = Folders(given.data_dir.resolve(), given.data_dir.resolve() / "logs")
    print(f"http://127.0.0.1:{given.port}/shopify/overview", flush=True)
    uvicorn.run(preview(folders), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
