-- One buyer key: the customer; for a guest the lowest live customer with the same e-mail, trimmed and in lower
-- case; else minus the lowest live guest order with that e-mail; without e-mail the buyer that a redacted order
-- had, else null.
WITH keys AS MATERIALIZED (
    SELECT
        orders.id,
        coalesce(
            orders.customer_id,
            (SELECT min(customers.id)
             FROM customers
             WHERE customers.deleted_at IS NULL
               AND lower(trim(customers.email)) = nullif(lower(trim(orders.email)), '')),
            (SELECT -min(guests.id)
             FROM orders AS guests INDEXED BY orders_of_guests
             WHERE guests.customer_id IS NULL AND guests.deleted_at IS NULL
               AND lower(trim(guests.email)) = nullif(lower(trim(orders.email)), '')),
            redacted_orders.buyer_id
        ) AS buyer_id
    FROM touched_orders
    CROSS JOIN orders ON orders.id = touched_orders.id
    LEFT JOIN redacted_orders ON redacted_orders.order_id = orders.id
    WHERE orders.customer_id IS NOT NULL OR trim(orders.email) <> '' OR redacted_orders.buyer_id IS NOT NULL
)
UPDATE orders
SET buyer_id = keys.buyer_id
FROM touched_orders
LEFT JOIN keys ON keys.id = touched_orders.id
WHERE orders.id IN (SELECT id FROM touched_orders)
  AND orders.id = touched_orders.id
  AND orders.buyer_id IS NOT keys.buyer_id
