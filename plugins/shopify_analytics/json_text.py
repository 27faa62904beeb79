"""JSON to and from text: msgspec's speed, and the standard library's patience with what msgspec refuses."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def decode(text: bytes) -> Any:
    """What the text says; :raises ValueError: when it is no JSON.

    Half a surrogate pair and NaN are let through: one bad record must not take its whole page with it.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def encode(value: Any) -> bytes:
    """One line of JSON."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
