-- Which of its buyer's counted orders an order is, from 1, by time and then id.
WITH numbered AS MATERIALIZED (
    SELECT
        orders.id,
        iif(orders.buyer_id IS NOT NULL AND orders.deleted_at IS NULL AND orders.is_test = 0,
            row_number() OVER (
                PARTITION BY orders.buyer_id, orders.deleted_at IS NULL AND orders.is_test = 0
                ORDER BY orders.processed_at, orders.id
            ), NULL) AS seq
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
)
UPDATE orders
SET order_seq = numbered.seq
FROM numbered
WHERE orders.id IN (SELECT order_id FROM scope)
  AND orders.id = numbered.id
  AND orders.order_seq IS NOT numbered.seq
