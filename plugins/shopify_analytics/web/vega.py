"""Vega-Lite's own JavaScript, which the package vl-convert carries: nothing comes from elsewhere."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from threading import Lock, Thread

from shopify_analytics.web.answers import Answer

# Its engine takes some hundred megabytes for a moment: in a process of its own they are given back.
MAKE = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"
SECONDS = 120
_making = Lock()


def script(*, compressed: bool = True) -> Answer:
    """One script that sets ``vegaEmbed``, ``vega`` and ``vegaLite``; the first time it takes seconds."""
    with _making:
        made = _script()
    if compressed:
        return made
    return replace(made, body=gzip.decompress(made.body), headers={})


def prepare() -> None:
    """Have the script made in the background, for whoever opens a page is about to ask for it."""
    if not _script.cache_info().currsize and not _making.locked():
        Thread(target=script, daemon=True).start()


@cache
def _script() -> Answer:
    made = subprocess.run([sys.executable, "-c", MAKE], check=True, capture_output=True, timeout=SECONDS)
    return Answer(
        gzip.compress(made.stdout, mtime=0),
        "text/javascript; charset=utf-8",
        f"vl-convert-{version('vl-convert-python')}",
        cache="private, max-age=86400",
        headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
    )
