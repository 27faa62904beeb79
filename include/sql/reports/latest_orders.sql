-- The newest orders of :start to :end (null: open). One row an order, at most :top_n, newest first; no test orders.
-- paid = current_total_price - total_outstanding; the statuses are Shopify's, fulfillment_status null: nothing is sent.
-- total_price, total_tax, total_discounts: as placed. No personal data. Money: major units of the shop's currency.
-- Days without orders are skipped, so that those of a rare country are found as fast as all.
-- Parameters: :start, :end, :top_n, :minor.
-- Source: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order
SELECT
    orders.id AS order_id,
    orders.name,
    orders.ordered_at_local,
    orders.financial_status,
    orders.fulfillment_status,
    orders.cancel_reason,
    orders.total_price,
    orders.total_tax,
    orders.total_discounts,
    round((orders.current_total_price - orders.total_outstanding) * :minor) / :minor AS paid,
    orders.total_outstanding
FROM daily_sales AS day
CROSS JOIN orders ON orders.order_date = day.date
WHERE day.dimension = 'store' AND day.member = '' AND day.orders > 0
  AND day.date BETWEEN coalesce(:start, '0') AND coalesce(:end, '9999')
  AND orders.is_test = 0 AND orders.deleted_at IS NULL
ORDER BY day.date DESC, orders.ordered_at_local DESC, orders.id DESC
LIMIT :top_n
