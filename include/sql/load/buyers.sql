-- The buyers of the orders in scope: what they bought in all time. Money in minor units, as in sales_ledger.
WITH those AS (
    SELECT DISTINCT orders.buyer_id AS id
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.buyer_id IS NOT NULL AND orders.deleted_at IS NULL AND orders.is_test = 0
),
bought AS (
    SELECT
        those.id,
        min(orders.order_date) AS first_order_date,
        max(orders.order_date) AS last_order_date,
        count(*) AS orders
    FROM those
    CROSS JOIN orders ON orders.buyer_id = those.id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
    GROUP BY those.id
),
spent AS (
    SELECT
        those.id,
        sum(iif(kind = 'sale', quantity, 0)) AS units,
        sum(iif(kind IN ('sale', 'discount', 'return', 'adjustment'), amount_minor, 0)) AS net_sales,
        sum(iif(kind NOT IN ('gift_card', 'gift_card_return', 'tip'), amount_minor, 0)) AS total_sales
    FROM those
    CROSS JOIN orders ON orders.buyer_id = those.id
    CROSS JOIN sales_ledger ON sales_ledger.order_id = orders.id
    GROUP BY those.id
)
INSERT INTO buyers (
    id, customer_id, first_order_date, last_order_date, cohort_month, orders, units,
    net_sales_minor, total_sales_minor, net_sales, total_sales
)
SELECT
    bought.id,
    iif(bought.id > 0, bought.id, NULL),
    first_order_date,
    last_order_date,
    substr(first_order_date, 1, 7),
    orders,
    units,
    spent.net_sales,
    spent.total_sales,
    spent.net_sales / :minor,
    spent.total_sales / :minor
FROM bought
JOIN spent USING (id)
WHERE true
ON CONFLICT (id) DO UPDATE
SET
    first_order_date = excluded.first_order_date, last_order_date = excluded.last_order_date,
    cohort_month = excluded.cohort_month, orders = excluded.orders, units = excluded.units,
    net_sales_minor = excluded.net_sales_minor, total_sales_minor = excluded.total_sales_minor,
    net_sales = excluded.net_sales, total_sales = excluded.total_sales
WHERE (buyers.first_order_date, buyers.last_order_date, buyers.orders, buyers.units,
       buyers.net_sales_minor, buyers.total_sales_minor)
      IS NOT (excluded.first_order_date, excluded.last_order_date, excluded.orders, excluded.units,
              excluded.net_sales_minor, excluded.total_sales_minor)
