-- The ledger holds what counts: an order that the store has deleted counts no more.
DELETE FROM sales_ledger
WHERE order_id IN (SELECT id FROM gone_orders)
