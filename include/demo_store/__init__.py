"""A stand-in for the Shopify Admin REST API with a living shop behind it: ``python -m demo_store``."""
