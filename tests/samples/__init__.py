"""One order, customer and product in the full shape of Shopify's documentation, with invented values.

https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (and …/customer, …/product)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def sample(name: str, **changes: Any) -> dict[str, Any]:
    """The sample ``order``, ``customer`` or ``product``, with ``changes`` applied."""
    record: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    return record | changes
