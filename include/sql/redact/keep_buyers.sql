-- The orders that are blanked, and their buyers as long as their e-mails still tell them.
INSERT INTO redacted_orders (order_id, buyer_id)
SELECT orders.id, orders.buyer_id
FROM orders_of_person
CROSS JOIN orders ON orders.id = orders_of_person.id
WHERE true
ON CONFLICT (order_id) DO UPDATE SET buyer_id = coalesce(excluded.buyer_id, redacted_orders.buyer_id)
