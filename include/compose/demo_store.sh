#!/bin/sh
# The demo store, for as long as `.env` names no other.
if [ -n "$SHOPIFY_STORE_IS_NAMED" ]; then
  echo "Idle: .env names a store."
  exec sleep infinity
fi
umask 002
exec python -m demo_store --host 0.0.0.0 --port 8000 --data /opt/airflow/data/demo_store.db
