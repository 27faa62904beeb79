"""What an order was placed on, by the browser's user agent as ua-parser reads it.

ua-parser's rules: https://github.com/ua-parser/uap-core. The first of these decides:

========  ==========================================================================================
bot       a crawler
tablet    an iPad or Kindle, a model named a tablet, or Android without "Mobile" in the user agent
          (https://developer.chrome.com/docs/multidevice/user-agent)
mobile    the operating system of a telephone
desktop   that of a computer; iPads that ask for the desktop site say they are a Mac
other     anything else: a television, a game console, a program
========  ==========================================================================================
"""

from __future__ import annotations

from functools import lru_cache

PHONE_SYSTEMS = ("Android", "BlackBerry OS", "Firefox OS", "KaiOS", "Symbian OS", "Windows Phone", "iOS")
COMPUTER_SYSTEMS = (
    "Windows",
    "Mac OS X",
    "Mac OS",
    "Chrome OS",
    "Linux",
    "Ubuntu",
    "Debian",
    "Fedora",
    "FreeBSD",
)


@lru_cache(maxsize=16_384)
def device_class(user_agent: str | None) -> str | None:
    """``mobile``, ``tablet``, ``desktop``, ``bot`` or ``other``; None without a user agent."""
    if not user_agent:
        return None
    # Its import takes a tenth of a second, and only a task that reads orders needs it.
    from ua_parser import parse_device, parse_os  # noqa: PLC0415

    device, system = parse_device(user_agent), parse_os(user_agent)
    family, brand = (device.family, device.brand or "") if device else ("", "")
    name = system.family if system else ""
    if family == "Spider":
        return "bot"
    if family.startswith(("iPad", "Kindle")) or "tablet" in f"{family} {brand}".lower():
        return "tablet"
    if name == "Android" and "Mobile" not in user_agent:
        return "tablet"
    if name in PHONE_SYSTEMS:
        return "mobile"
    return "desktop" if name in COMPUTER_SYSTEMS else "other"
