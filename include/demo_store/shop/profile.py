"""The demo shop's identity: a Dutch shop for ceramics and linen that does not exist."""

from __future__ import annotations

from typing import Any

SHOP_TIMEZONE = "Europe/Amsterdam"
LOCATION_ID = 67_000_000_001
ONLINE_STORE_APP_ID, POINT_OF_SALE_APP_ID, DRAFT_ORDERS_APP_ID = 580111, 129785, 1354745


def shop_record(created_at: str) -> dict[str, Any]:
    """Return what shop.json has under ``shop``; ``created_at`` is ISO-8601 with offset.

    Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/shop
    """
    return {
        "id": 61_000_000_001,
        "name": "Kiln & Linen (demo)",
        "email": "owner@example.com",
        "customer_email": "hello@example.com",
        "domain": "kiln-and-linen.example",
        "myshopify_domain": "kiln-and-linen-demo.myshopify.com",
        "shop_owner": "Demo Owner",
        "phone": None,
        "address1": "Voorbeeldstraat 1",
        "address2": None,
        "city": "Amsterdam",
        "zip": "1012 AB",
        "province": None,
        "province_code": None,
        "country": "NL",
        "country_code": "NL",
        "country_name": "Netherlands",
        "latitude": 52.37,
        "longitude": 4.89,
        "source": None,
        "primary_locale": "en",
        "primary_location_id": LOCATION_ID,
        "currency": "EUR",
        "enabled_presentment_currencies": ["EUR", "GBP", "USD"],
        "money_format": "€{{amount}}",
        "money_with_currency_format": "€{{amount}} EUR",
        "money_in_emails_format": "€{{amount}}",
        "money_with_currency_in_emails_format": "€{{amount}} EUR",
        "timezone": "(GMT+01:00) Europe/Amsterdam",
        "iana_timezone": SHOP_TIMEZONE,
        "weight_unit": "kg",
        "taxes_included": True,
        "tax_shipping": True,
        "county_taxes": True,
        "auto_configure_tax_inclusivity": None,
        "eligible_for_payments": True,
        "requires_extra_payments_agreement": False,
        "password_enabled": False,
        "has_storefront": True,
        "has_discounts": True,
        "has_gift_cards": True,
        "finances": True,
        "checkout_api_supported": False,
        "multi_location_enabled": False,
        "setup_required": False,
        "pre_launch_enabled": False,
        "google_apps_domain": None,
        "google_apps_login_enabled": None,
        "transactional_sms_disabled": True,
        "marketing_sms_consent_enabled_at_checkout": False,
        "plan_name": "basic",
        "plan_display_name": "Basic",
        "created_at": created_at,
        "updated_at": created_at,
    }
