-- The dates of the ledger on a calendar that has changed: a sale's is its order's, a reversal's its refund's.
UPDATE sales_ledger
SET ledger_date = iif(
    refund_id IS NULL,
    (SELECT order_date FROM orders WHERE orders.id = sales_ledger.order_id),
    (SELECT refund_date FROM refunds WHERE refunds.id = sales_ledger.refund_id)
)
