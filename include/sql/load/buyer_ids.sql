-- One buyer key: the customer; for a guest the lowest live customer with the same e-mail, trimmed and in lower
-- case; else minus the lowest live guest order with that e-mail; null without e-mail.
WITH keys AS (
    SELECT
        orders.id,
        coalesce(
            orders.customer_id,
            (SELECT min(customers.id)
             FROM customers
             WHERE customers.deleted_at IS NULL
               AND lower(trim(customers.email)) = lower(trim(orders.email))),
            (SELECT -min(guests.id)
             FROM orders AS guests
             WHERE guests.customer_id IS NULL AND guests.deleted_at IS NULL
               AND lower(trim(guests.email)) = lower(trim(orders.email)))
        ) AS buyer_id
    FROM touched_orders
    JOIN orders ON orders.id = touched_orders.id
    WHERE orders.customer_id IS NOT NULL OR trim(orders.email) <> ''
)
UPDATE orders
SET buyer_id = keys.buyer_id
FROM touched_orders
LEFT JOIN keys ON keys.id = touched_orders.id
WHERE orders.id = touched_orders.id AND orders.buyer_id IS NOT keys.buyer_id
