-- The order list: counted orders that have a date, newest first, at most :limit; no personal data. Figures as in
-- reports/latest_orders.sql; current_total_price: what the order comes to by now.
-- Days without an order of the kind that is asked for are skipped: daily_sales knows them by :dimension and :member
-- (store, financial_status, fulfillment_status).
-- Parameters: :start, :end (null: open), :before_date, :before_time, :before_id (the last order of the page before; null:
-- the first page), :financial_status, :fulfillment_status (null: any), :dimension, :member, :limit, :minor.
SELECT
    orders.id AS order_id,
    orders.name,
    orders.order_number,
    orders.ordered_at_local,
    orders.financial_status,
    orders.fulfillment_status,
    orders.cancel_reason,
    orders.total_price,
    orders.total_tax,
    orders.total_discounts,
    orders.current_total_price,
    round((orders.current_total_price - orders.total_outstanding) * :minor) / :minor AS paid,
    orders.total_outstanding AS outstanding
FROM daily_sales AS day
CROSS JOIN orders ON orders.order_date = day.date
WHERE day.dimension = :dimension AND day.member = :member AND day.orders > 0
  AND day.date BETWEEN max(coalesce(:start, ''), '0') AND min(coalesce(:end, '9999'), coalesce(:before_date, '9999'))
  AND orders.is_test = 0 AND orders.deleted_at IS NULL
  AND (:financial_status IS NULL OR coalesce(orders.financial_status, '') = :financial_status)
  AND (:fulfillment_status IS NULL OR coalesce(orders.fulfillment_status, 'unfulfilled') = :fulfillment_status)
  AND (
      :before_date IS NULL
      OR (day.date, coalesce(orders.ordered_at_local, ''), orders.id) < (:before_date, :before_time, :before_id)
  )
ORDER BY day.date DESC, coalesce(orders.ordered_at_local, '') DESC, orders.id DESC
LIMIT :limit
