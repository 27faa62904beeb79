-- What the buyers of a first-order month did in each month: who ordered, how often, and their net sales.
WITH mine AS (
    SELECT orders.id, orders.buyer_id, orders.order_date, buyers.cohort_month
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    CROSS JOIN buyers ON buyers.id = orders.buyer_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0 AND buyers.cohort_month IS NOT NULL
),
activity AS (
    SELECT
        cohort_month, substr(order_date, 1, 7) AS month,
        count(DISTINCT buyer_id) AS buyers, count(*) AS orders, 0 AS net_sales
    FROM mine
    WHERE order_date IS NOT NULL
    GROUP BY 1, 2
    UNION ALL
    SELECT cohort_month, substr(ledger_date, 1, 7), 0, 0, sum(amount_minor)
    FROM mine
    CROSS JOIN sales_ledger ON sales_ledger.order_id = mine.id
    WHERE kind IN ('sale', 'discount', 'return', 'adjustment') AND ledger_date IS NOT NULL
    GROUP BY 1, 2
)
SELECT cohort_month, month, sum(buyers) AS buyers, sum(orders) AS orders, sum(net_sales) AS net_sales
FROM activity
GROUP BY cohort_month, month
