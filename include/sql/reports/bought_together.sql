-- Products that are bought in one order. One row a pair, at most :top_n: those with the most orders.
--   orders: counted orders that hold both; orders of more than 25 products are left out
--   support_percent: orders / all orders
--   confidence_percent: orders / orders with product_key; other_confidence_percent: / orders with other_key
--   lift: how much more often than if it were chance: orders x all orders / (orders with one x orders with the other)
-- Parameters: :top_n.
-- Source: https://en.wikipedia.org/wiki/Association_rule_learning
WITH pairs AS (
    SELECT product_key, other_key, orders
    FROM product_orders
    WHERE other_key > 0 AND product_key > 0
    ORDER BY orders DESC, product_key, other_key
    LIMIT :top_n
),
everything AS (
    SELECT sum(orders) AS orders
    FROM daily_sales
    WHERE dimension = 'store' AND member = ''
)
SELECT
    pairs.product_key,
    products.title,
    pairs.other_key,
    others.title AS other_title,
    pairs.orders,
    round(10000.0 * pairs.orders / nullif(everything.orders, 0)) / 100 AS support_percent,
    round(10000.0 * pairs.orders / nullif(alone.orders, 0)) / 100 AS confidence_percent,
    round(10000.0 * pairs.orders / nullif(other_alone.orders, 0)) / 100 AS other_confidence_percent,
    round(100.0 * pairs.orders * everything.orders / nullif(1.0 * alone.orders * other_alone.orders, 0)) / 100 AS lift
FROM pairs, everything
LEFT JOIN product_orders AS alone ON alone.product_key = pairs.product_key AND alone.other_key = 0
LEFT JOIN product_orders AS other_alone ON other_alone.product_key = pairs.other_key AND other_alone.other_key = 0
LEFT JOIN product_dim AS products ON products.product_key = pairs.product_key
LEFT JOIN product_dim AS others ON others.product_key = pairs.other_key
ORDER BY pairs.orders DESC, pairs.product_key, pairs.other_key
