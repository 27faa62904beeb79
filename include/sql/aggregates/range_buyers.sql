-- What comes to the distinct buyers of any range of days when it is summed up over since and date in the range.
-- A buyer of n orders within it has n orders, n - 1 with the order before and n - 2 with the one before that:
-- n - (n - 1) = 1 buyer, and (n - 1) - (n - 2) = 1 of two orders or more.
WITH bought AS (
    SELECT
        members.dimension,
        members.member,
        coalesce(orders.order_date, '') AS date,
        lag(coalesce(orders.order_date, ''), 1) OVER of_buyer AS before,
        lag(coalesce(orders.order_date, ''), 2) OVER of_buyer AS long_before,
        orders.order_seq = 1 AS is_first,
        buyers.orders > 1 AS is_returning
    FROM members
    CROSS JOIN orders ON orders.id = members.order_id
    CROSS JOIN buyers ON buyers.id = orders.buyer_id
    WHERE members.dimension IN ('store', 'country', 'channel', 'country_channel')
    WINDOW of_buyer AS (
        PARTITION BY members.dimension, members.member, orders.buyer_id ORDER BY orders.order_date, orders.order_seq
    )
),
counted AS (
    SELECT
        dimension, member, date AS since, date, 1 AS buyers, is_first AS new_buyers, 0 AS repeat_buyers,
        is_returning AS returning_buyers
    FROM bought
    UNION ALL
    SELECT dimension, member, before, date, -1, 0, 1, -is_returning FROM bought WHERE before IS NOT NULL
    UNION ALL
    SELECT dimension, member, long_before, date, 0, 0, -1, 0 FROM bought WHERE long_before IS NOT NULL
),
days AS MATERIALIZED (
    SELECT
        dimension, member, since, date, sum(buyers) AS buyers, sum(new_buyers) AS new_buyers,
        sum(repeat_buyers) AS repeat_buyers, sum(returning_buyers) AS returning_buyers
    FROM counted
    GROUP BY dimension, member, since, date
)
SELECT dimension, member, 'day' AS period, since, date, buyers, new_buyers, repeat_buyers, returning_buyers
FROM days
UNION ALL
SELECT
    dimension, member, 'month', substr(since, 1, 7) AS month, date,
    sum(buyers), sum(new_buyers), sum(repeat_buyers), sum(returning_buyers)
FROM days
GROUP BY dimension, member, month, date
