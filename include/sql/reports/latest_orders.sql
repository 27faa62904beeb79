-- The newest orders of :start to :end (null: open). One row an order, at most :top_n, newest first; no test orders.
-- paid = current_total_price - total_outstanding; the statuses are Shopify's, fulfillment_status null: nothing is sent.
-- total_price, total_tax, total_discounts: as placed. No personal data. Money: major units of the shop's currency.
-- Parameters: :start, :end, :top_n, :minor.
-- Source: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order
SELECT
    id AS order_id,
    name,
    ordered_at_local,
    financial_status,
    fulfillment_status,
    cancel_reason,
    total_price,
    total_tax,
    total_discounts,
    round((current_total_price - total_outstanding) * :minor) / :minor AS paid,
    total_outstanding
FROM orders
WHERE is_test = 0 AND deleted_at IS NULL
  AND order_date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
ORDER BY order_date DESC, ordered_at_local DESC, id DESC
LIMIT :top_n
