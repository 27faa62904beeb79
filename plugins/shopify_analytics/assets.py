"""What a sync produces, as assets that other DAGs can wait for: ``docs/alerts-and-metrics.md``."""

from __future__ import annotations

from airflow.sdk import Asset

DATABASE = Asset("shopify_database", uri="x-shopify-analytics://database")
CSV_FILES = Asset("shopify_csv_files", uri="x-shopify-analytics://csv-files")
SUMMARY = Asset("shopify_summary", uri="x-shopify-analytics://summary")
