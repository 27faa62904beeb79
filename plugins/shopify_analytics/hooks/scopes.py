"""What a token must be allowed to read: https://shopify.dev/docs/api/usage/access-scopes."""

from __future__ import annotations

REQUIRED_SCOPES = ("read_products", "read_customers", "read_orders")


def missing_scopes(granted: frozenset[str]) -> list[str]:
    """Return the scopes a sync needs and does not have; writing implies reading."""
    return [scope for scope in REQUIRED_SCOPES if not granted & {scope, scope.replace("read_", "write_")}]
