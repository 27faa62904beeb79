-- Distinct buyers of each day, week and month, and those of them whose first order it was.
WITH bought AS (
    SELECT orders.buyer_id, orders.order_date, orders.order_seq
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
      AND orders.buyer_id IS NOT NULL AND orders.order_date IS NOT NULL
),
periods AS (
    SELECT 'day' AS period, order_date AS start, buyer_id, order_seq FROM bought
    UNION ALL
    SELECT 'week', date(order_date, 'weekday 0', '-6 days'), buyer_id, order_seq FROM bought
    UNION ALL
    SELECT 'month', substr(order_date, 1, 7) || '-01', buyer_id, order_seq FROM bought
)
SELECT
    period,
    start,
    count(DISTINCT buyer_id) AS buyers,
    count(DISTINCT iif(order_seq = 1, buyer_id, NULL)) AS new_buyers
FROM periods
GROUP BY period, start
