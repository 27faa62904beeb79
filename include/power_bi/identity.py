"""Ids that are the same whenever the files are made anew: made from what they stand for."""

from __future__ import annotations

import hashlib
import uuid


def guid(*key: str) -> str:
    """A GUID for the object that ``key`` names."""
    return str(uuid.UUID(bytes=_digest(key)[:16], version=5))


def page_id(*key: str) -> str:
    """Twenty lowercase hexadecimal digits, the form of a page's name that every reader takes."""
    return _digest(key).hex()[:20]


def _digest(key: tuple[str, ...]) -> bytes:
    told = "\n".join(("shopify_analytics", *key))
    return hashlib.sha1(told.encode(), usedforsecurity=False).digest()
