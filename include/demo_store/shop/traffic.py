"""Where web orders come from and on which device: referring sites, campaign links and browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

SOURCES: tuple[tuple[int, str | None, str], ...] = (
    (26, None, "/"),
    (9, None, "/collections/new?utm_source=newsletter&utm_medium=email&utm_campaign=weekly"),
    (22, "https://www.google.com/", "/collections/mugs"),
    (8, "https://www.google.com/", "/?utm_source=google&utm_medium=cpc&utm_campaign=brand&gclid=demo"),
    (3, "https://www.bing.com/", "/collections/bowls"),
    (2, "https://duckduckgo.com/", "/"),
    (
        9,
        "https://l.instagram.com/",
        "/products/stone-mug?utm_source=instagram&utm_medium=social&utm_campaign=stories",
    ),
    (
        6,
        "https://m.facebook.com/",
        "/?utm_source=facebook&utm_medium=paid_social&utm_campaign=autumn&fbclid=demo",
    ),
    (5, "https://www.pinterest.com/", "/collections/vases?utm_source=pinterest&utm_medium=social"),
    (3, "https://www.tiktok.com/", "/?utm_source=tiktok&utm_medium=paid_social&utm_campaign=unboxing"),
    (3, "https://chatgpt.com/", "/products/stone-mug?utm_source=chatgpt.com"),
    (2, "https://kiln-blog.example/best-mugs", "/collections/mugs?utm_source=kiln-blog&utm_medium=referral"),
    (2, "https://android-app.example/", "/collections/sale?utm_source=Partner%20%26%20Co&utm_campaign=a%2Bb"),
)
BROWSERS: tuple[tuple[int, str], ...] = (
    (
        34,
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1"
        ),
    ),
    (
        22,
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
            "Mobile Safari/537.36"
        ),
    ),
    (
        6,
        (
            "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1"
        ),
    ),
    (
        18,
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36"
        ),
    ),
    (
        10,
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Safari/605.1.15"
        ),
    ),
    (4, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (
        4,
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
        ),
    ),
    (
        2,
        (
            "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36"
        ),
    ),
)


def web_visit(rng: Random) -> dict[str, Any]:
    """Return the order fields that tell how a web buyer came: referrer, landing page, browser."""
    (source,) = rng.choices(SOURCES, [source[0] for source in SOURCES])
    (browser,) = rng.choices(BROWSERS, [browser[0] for browser in BROWSERS])
    # 192.0.2.0/24 is reserved for documentation: https://www.rfc-editor.org/rfc/rfc5737
    address = f"192.0.2.{rng.randrange(1, 255)}"
    return {
        "referring_site": source[1],
        "landing_site": source[2],
        "browser_ip": address,
        "client_details": {
            "accept_language": "en-GB",
            "browser_height": None,
            "browser_ip": address,
            "browser_width": None,
            "session_hash": None,
            "user_agent": browser[1],
        },
    }
