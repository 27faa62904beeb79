"""What an order was placed on, by real user agents."""

from __future__ import annotations

import pytest
from shopify_analytics.device import device_class

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1",
            "mobile",
        ),
        (
            "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605 Mobile/15E148",
            "mobile",
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "mobile"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "mobile"),
        ("Mozilla/5.0 (Mobile; Nokia 2720; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "mobile"),
        ("Shop/2.140 (iPhone; iOS 17.5)", "mobile"),
        (f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1", "tablet"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-X710) SamsungBrowser/27.0 {CHROME} Safari/537.36", "tablet"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel Tablet) {CHROME} Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Android 14; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0", "tablet"),
        ("Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; KFTT Build/IML74K) Silk/3.4 Safari/535.19", "tablet"),
        ("Shopify POS/9.1.0/iOS/17.5/iPad13,18/production", "tablet"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "desktop"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15", "desktop"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "desktop"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "desktop"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "desktop"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "bot",
        ),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "bot"),
        ("Mozilla/5.0 (PlayStation 5 3.03) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0", "other"),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/5.0",
            "other",
        ),
        ("python-requests/2.32", "other"),
        ("Mozilla/5.0", "other"),
        ("", None),
        (None, None),
    ],
)
def test_a_user_agent_tells_the_device(user_agent: str | None, expected: str | None) -> None:
    assert device_class(user_agent) == expected
