"""What an order or a line belongs to in each dimension that sales are broken down by."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal

from tests.books import Books, Line
from tests.raw_records import processing_seconds

LINE_DIMENSIONS = ("vendor", "product_type")
VALUE_BOUNDS = (0, 25, 50, 100, 150, 200, 300, 500, 1000)
DAYS_BOUNDS = (0, 1, 2, 3, 5, 7, 14, 30)
SECONDS_OF_DAY = 86_400


def members_of(books: Books, order_id: int) -> dict[str, list[str]]:
    """What a counted order belongs to by dimension: mostly one member, none where that says nothing of it."""
    order, place, visit = books.orders[order_id], books.places[order_id], books.visit(order_id)
    columns = ("geo_country_code", "geo_province_code", "geo_city")
    country, region, city = (place[column] or "" for column in columns)
    number, processed = books.numbers[order_id], seconds_to_process(books, order_id)
    return {
        "store": [""],
        "country": [country],
        "region": [f"{country}|{region}"],
        "city": [f"{country}|{region}|{city}"],
        **{dimension: [member] for dimension, member in visit.items()},
        "country_channel": [f"{country}|{visit['channel']}"],
        "payment_gateway": [", ".join(order["payment_gateway_names"])],
        "financial_status": [order["financial_status"] or ""],
        "fulfillment_status": [order["fulfillment_status"] or "unfulfilled"],
        "cancel_reason": [order["cancel_reason"] or "other"] if order["cancelled_at"] else [],
        "hour": [f"{books.local(order):%u %H}"],
        "order_value": [_value_band(Decimal(order["total_price"]), books.exponent)],
        "processing_time": [] if processed is None else [_days_band(processed)],
        "discount_code": sorted({code["code"].upper() for code in order["discount_codes"]}),
        "discounted": ["yes" if Decimal(order["total_discounts"]) else "no"],
        "customer_type": ["unknown" if number is None else "new" if number == 1 else "returning"],
    }


def member_of_line(line: Line, dimension: str) -> str:
    """The member of a dimension of lines."""
    return {"vendor": line.vendor, "product_type": line.product_type}[dimension]


def seconds_to_process(books: Books, order_id: int) -> int | None:
    """From creation to first fulfilment of an order that was fulfilled and not cancelled."""
    order = books.orders[order_id]
    return None if order["cancelled_at"] else processing_seconds(order)


def _value_band(price: Decimal, exponent: int) -> str:
    scale = 1 if exponent else 100
    return str(scale * VALUE_BOUNDS[max(bisect_right(VALUE_BOUNDS, price / scale) - 1, 0)])


def _days_band(seconds: int) -> str:
    return str(DAYS_BOUNDS[max(bisect_right(DAYS_BOUNDS, seconds / SECONDS_OF_DAY) - 1, 0)])
