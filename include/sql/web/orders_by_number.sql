-- Orders by number, for the order list: those numbered :first to :last, newest first, at most :limit. Columns as in
-- orders.sql. Parameters: :first, :last, :limit, :minor.
SELECT
    id AS order_id,
    name,
    order_number,
    ordered_at_local,
    financial_status,
    fulfillment_status,
    cancel_reason,
    total_price,
    total_tax,
    total_discounts,
    current_total_price,
    round((current_total_price - total_outstanding) * :minor) / :minor AS paid,
    total_outstanding AS outstanding
FROM orders
WHERE order_number BETWEEN :first AND :last AND is_test = 0 AND deleted_at IS NULL
ORDER BY order_number DESC, id DESC
LIMIT :limit
