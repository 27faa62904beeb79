-- Distinct buyers of each day, week and month, and those of them whose first order it was.
WITH bought AS (
    SELECT members.dimension, members.member, orders.buyer_id, orders.order_date, orders.order_seq
    FROM members
    CROSS JOIN orders ON orders.id = members.order_id
    WHERE members.dimension IN ('store', 'country', 'channel', 'country_channel')
      AND orders.buyer_id IS NOT NULL AND orders.order_date IS NOT NULL
),
periods AS (
    SELECT dimension, member, 'day' AS period, order_date AS start, buyer_id, order_seq FROM bought
    UNION ALL
    SELECT dimension, member, 'week', date(order_date, 'weekday 0', '-6 days'), buyer_id, order_seq FROM bought
    UNION ALL
    SELECT dimension, member, 'month', substr(order_date, 1, 7) || '-01', buyer_id, order_seq FROM bought
)
SELECT
    dimension,
    member,
    period,
    start,
    count(DISTINCT buyer_id) AS buyers,
    count(DISTINCT iif(order_seq = 1, buyer_id, NULL)) AS new_buyers
FROM periods
GROUP BY dimension, member, period, start
