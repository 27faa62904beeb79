-- Whole days, on the shop's calendar, between a buyer's order and the same buyer's next.
WITH dated AS (
    SELECT
        orders.order_date,
        lag(orders.order_date) OVER (PARTITION BY orders.buyer_id ORDER BY orders.order_seq) AS before
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.order_seq IS NOT NULL
)
SELECT CAST(julianday(order_date) - julianday(before) AS INTEGER) AS days, count(*) AS gaps
FROM dated
WHERE before IS NOT NULL AND order_date IS NOT NULL
GROUP BY days
