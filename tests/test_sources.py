"""Which channel an order came through and what brought its buyer."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopify_analytics import sources
from shopify_analytics.errors import SettingsError
from shopify_analytics.sources import order_source, read_rules, sources_fingerprint


@pytest.mark.parametrize(
    ("source_name", "channel"),
    [
        ("web", "Online Store"),
        ("580111", "Online Store"),
        ("pos", "Point of Sale"),
        ("shopify_draft_order", "Draft Orders"),
        ("iphone", "Shopify Mobile"),
        ("android", "Shopify Mobile"),
        ("subscription_contract", "Subscriptions"),
        ("subscription_contract_checkout_one", "Subscriptions"),
        ("3890849", "Shop app"),
        ("2329312", "Facebook & Instagram"),
        ("1234567", "App 1234567"),
        ("Wholesale Portal", "Wholesale Portal"),
        ("WEB ", "Online Store"),
        ("", None),
        (None, None),
    ],
)
def test_a_channel_is_called_as_shopify_calls_it(source_name: str | None, channel: str | None) -> None:
    assert order_source(source_name, None, None)[0] == channel


GOOGLE, INSTAGRAM = "https://www.google.com/", "https://l.instagram.com/"


@pytest.mark.parametrize(
    ("referring_site", "landing_site", "expected"),
    [
        (None, None, "Direct"),
        (None, "/", "Direct"),
        ("", "/products/mug?variant=1", "Direct"),
        (GOOGLE, "/", "Organic search"),
        ("https://www.google.co.uk/", "/", "Organic search"),
        ("google.nl", "/", "Organic search"),
        ("android-app://com.google.android.googlequicksearchbox/https/www.google.com", "/", "Organic search"),
        ("https://www.bing.com/", "/", "Organic search"),
        ("https://duckduckgo.com/", "/", "Organic search"),
        ("https://search.yahoo.com/", "/", "Organic search"),
        ("https://www.ecosia.org/", "/", "Organic search"),
        ("https://www.baidu.com/link", "/", "Organic search"),
        ("https://yandex.ru/clck", "/", "Organic search"),
        (None, "/?utm_source=google&utm_medium=organic", "Organic search"),
        (None, "/products/mug?srsltid=AfmBOo", "Organic search"),
        (GOOGLE, "/?gclid=Cj0", "Paid search"),
        (GOOGLE, "/?utm_source=google&utm_medium=cpc&utm_campaign=brand", "Paid search"),
        (None, "/?UTM_SOURCE=Google&UTM_MEDIUM=PPC", "Paid search"),
        (None, "/?utm_source=bing&utm_medium=paid", "Paid search"),
        ("https://www.bing.com/", "/?msclkid=1", "Paid search"),
        (None, "/?utm_source=facebook&utm_medium=paid_social", "Paid social"),
        (None, "/?utm_source=ig&utm_medium=cpc", "Paid social"),
        (None, "/?utm_source=tiktok&utm_medium=paid&ttclid=1", "Paid social"),
        (None, "/?ttclid=1", "Paid social"),
        (None, "/?utm_source=taboola&utm_medium=paid", "Paid other"),
        (None, "/?utm_source=gdn&utm_medium=display", "Paid other"),
        (INSTAGRAM, "/", "Instagram"),
        (INSTAGRAM, "/?utm_source=ig&utm_medium=social&fbclid=1", "Instagram"),
        ("https://m.facebook.com/", "/?fbclid=1", "Facebook"),
        ("https://www.messenger.com/", "/", "Facebook"),
        ("https://www.tiktok.com/", "/", "TikTok"),
        ("https://nl.pinterest.com/", "/", "Pinterest"),
        ("https://www.pinterest.de/", "/", "Pinterest"),
        ("https://www.youtube.com/", "/", "YouTube"),
        ("https://t.co/abc", "/", "X"),
        ("https://x.com/", "/", "X"),
        ("https://netflix.com/", "/", "Referral"),
        ("https://old.reddit.com/", "/", "Reddit"),
        ("https://www.linkedin.com/", "/", "LinkedIn"),
        ("https://www.snapchat.com/", "/", "Snapchat"),
        ("https://web.whatsapp.com/", "/", "WhatsApp"),
        (None, "/?utm_source=mastodon&utm_medium=social", "Organic social"),
        ("https://chatgpt.com/", "/?utm_source=chatgpt.com", "AI assistant"),
        ("https://www.perplexity.ai/", "/", "AI assistant"),
        ("https://gemini.google.com/", "/", "AI assistant"),
        ("https://copilot.microsoft.com/", "/", "AI assistant"),
        ("https://claude.ai/", "/", "AI assistant"),
        (None, "/?utm_source=newsletter&utm_medium=email", "Email"),
        (None, "/?utm_source=Klaviyo&utm_medium=campaign", "Email"),
        (None, "/?utm_source=omnisend", "Email"),
        ("https://mail.google.com/", "/", "Email"),
        (None, "/?utm_source=Klaviyo&utm_medium=sms", "SMS"),
        (None, "/?utm_source=blog&utm_medium=affiliate", "Affiliate"),
        (None, "/?awc=123", "Affiliate"),
        ("https://www.awin1.com/", "/", "Affiliate"),
        ("https://kiln-blog.example/best-mugs", "/?utm_source=kiln-blog&utm_medium=referral", "Referral"),
        ("https://kiln-blog.example/best-mugs", "/", "Referral"),
        ("kiln-blog.example", "/", "Referral"),
        (None, "/?utm_source=Partner%20%26%20Co&utm_campaign=a%2Bb", "Other"),
        (None, "/?utm_source=&utm_medium=", "Direct"),
        ("https://kiln-and-co.myshopify.com/", "/", "Direct"),
        ("https://www.kiln.example/cart", "https://kiln.example/?variant=1", "Direct"),
        ("https://blog.kiln.example/", "https://www.kiln.example/", "Direct"),
        ("https://notkiln.example/", "https://kiln.example/", "Referral"),
        ("https://[broken", "https://[too", "Direct"),
    ],
)
def test_a_visit_is_named_for_what_brought_it(
    referring_site: str | None, landing_site: str | None, expected: str
) -> None:
    assert order_source("web", referring_site, landing_site)[1] == expected


def test_an_order_that_was_not_placed_on_the_web_has_no_traffic_source() -> None:
    assert order_source("pos", None, None) == ("Point of Sale", None)
    assert order_source("shopify_draft_order", GOOGLE, "/?gclid=1") == ("Draft Orders", None)
    assert order_source("subscription_contract", None, "/") == ("Subscriptions", None)
    assert order_source("1234567", None, None) == ("App 1234567", None)
    assert order_source("1234567", INSTAGRAM, "/") == ("App 1234567", "Instagram")


@given(st.none() | st.text(), st.none() | st.text(), st.none() | st.text())
def test_any_text_has_a_source_or_none(
    source_name: str | None, referring_site: str | None, landing_site: str | None
) -> None:
    channel, traffic_source = order_source(source_name, referring_site, landing_site)
    assert {type(channel), type(traffic_source)} <= {str, type(None)}


HEADER = "column,field,pattern,value\n"


def rules_file(folder: Path, text: str) -> Path:
    path = folder / "sources.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_shops_own_rules_decide_and_the_first_that_fits_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"""{HEADER}channel,source_name,web,Shop
traffic_source,referring_host & landing_param,kiln.example & ref | via,Friends

traffic_source,referring_host,kiln.example,
traffic_source,referring_host,*,Anyone
"""
    monkeypatch.setattr(sources, "RULES", rules_file(tmp_path, text))
    for cached in (sources._rules, sources._by_rules):
        cached.cache_clear()
    assert order_source("web", "https://kiln.example", "/?via=mira") == ("Shop", "Friends")
    assert order_source("web", "https://kiln.example", "/") == ("Shop", None)
    assert order_source("pos", "https://example.org", None) == ("pos", "Anyone")
    assert sources_fingerprint() == hashlib.sha256(text.encode()).hexdigest()
    for cached in (sources._rules, sources._by_rules):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: write column,field,pattern,value"),
        ("channel,source_name,web,Shop\n", "line 1: write column,field,pattern,value"),
        (f"{HEADER}channel,source_name,web\n", r"line 2: write 4 cells \(.*\), not 3"),
        (
            f"{HEADER}\nmedium,source_name,web,Shop\n",
            "line 3: the column is 'medium', write channel or traffic_s",
        ),
        (
            f"{HEADER}channel,name,web,Shop\n",
            "line 2: the field is 'name', write one of source_name, utm_source",
        ),
        (
            f"{HEADER}channel,source_name,,Shop\n",
            "line 2: the pattern is '', write one for each field of 'sour",
        ),
        (
            f"{HEADER}channel,source_name & utm_source,web,Shop\n",
            "line 2: the pattern is 'web', write one for",
        ),
        (f'{HEADER}channel,source_name,"web,Shop\n', "is no CSV file in UTF-8"),
    ],
)
def test_a_rule_that_cannot_be_read_is_shown(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as error:
        read_rules(rules_file(tmp_path, text))
    assert str(tmp_path / "sources.csv") in str(error.value)


def test_a_file_of_rules_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Cannot read .*sources\.csv \(No such file"):
        read_rules(tmp_path / "sources.csv")
    (tmp_path / "sources.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is no CSV file in UTF-8"):
        read_rules(tmp_path / "sources.csv")


def test_rules_saved_by_a_spreadsheet_are_read_too(tmp_path: Path) -> None:
    path = rules_file(
        tmp_path, "\ufeff" + HEADER.replace("\n", "\r\n") + "channel,source_name,web,Shop\r\n,,,\r\n"
    )
    assert [(rule.column, rule.value) for rule in read_rules(path)] == [("channel", "Shop")]
