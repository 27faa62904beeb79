"""JSON to and from text: msgspec's speed, and the standard library's patience with what msgspec refuses."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder()


def decode(text: bytes) -> Any:
    """What the text says; :raises ValueError: when it is no JSON.

    Half a surrogate pair and NaN are let through: one bad record must not take its whole page with it.
    """
    with _no_collection():
        try:
            return _DECODER.decode(text)
        except msgspec.DecodeError:
            return json.loads(text)


def decode_lines(text: bytes) -> list[Any]:
    """What each line says; raises as :func:`decode`."""
    with _no_collection():
        try:
            return _DECODER.decode_lines(text)
        except msgspec.DecodeError:
            return [json.loads(line) for line in text.splitlines()]


def encode(value: Any) -> bytes:
    """One line of JSON."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the garbage collector wait: a parser makes much that it would look through, and no garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
