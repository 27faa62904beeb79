"""Channel and device of the few ways in which the demo shop's orders come."""

from __future__ import annotations

from tests.raw_records import Json

CHANNELS = {"web": "Online Store", "pos": "Point of Sale", "shopify_draft_order": "Draft Orders"}
UNKNOWN = "?"


def channel_of(order: Json) -> str:
    """The channel's name; ``?`` where the demo shop has none like it."""
    return CHANNELS.get(order.get("source_name") or "", UNKNOWN)


def device_of(order: Json) -> str | None:
    """mobile, tablet or desktop, other where none of them shows, None without browser.

    Android browsers of telephones say Mobile, those of tablets do not:
    https://developer.chrome.com/docs/multidevice/user-agent
    """
    browser = (order.get("client_details") or {}).get("user_agent")
    if not browser:
        return None
    if "iPad" in browser:
        return "tablet"
    if "iPhone" in browser:
        return "mobile"
    if "Android" in browser:
        return "mobile" if "Mobile" in browser else "tablet"
    if any(system in browser for system in ("Windows NT", "Macintosh", "X11; Linux")):
        return "desktop"
    return "other"
