-- Orders that hold a product (other_key 0), and orders that hold two products together. Orders of more than 25
-- different products, as wholesalers place them, say little about what goes together and are left out of the pairs.
WITH held AS (
    SELECT DISTINCT orders.id AS order_id, coalesce(line_items.product_key, 0) AS product_key
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    CROSS JOIN line_items ON line_items.order_id = orders.id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
      AND line_items.gift_card = 0 AND line_items.is_tip = 0
),
small AS (
    SELECT order_id FROM held WHERE product_key > 0 GROUP BY order_id HAVING count(*) BETWEEN 2 AND 25
),
together AS (
    SELECT order_id, product_key FROM held WHERE product_key > 0 AND order_id IN (SELECT order_id FROM small)
)
SELECT product_key, 0 AS other_key, count(*) AS orders
FROM held
GROUP BY product_key
UNION ALL
SELECT one.product_key, other.product_key, count(*)
FROM together AS one
CROSS JOIN together AS other ON other.order_id = one.order_id AND other.product_key > one.product_key
GROUP BY one.product_key, other.product_key
