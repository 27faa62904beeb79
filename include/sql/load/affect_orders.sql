-- The touched orders, and all orders of their buyers.
INSERT OR IGNORE INTO affected (order_id, is_subtracted)
SELECT orders.id, 0
FROM touched_orders
CROSS JOIN orders ON orders.id = touched_orders.id
UNION
SELECT orders.id, 0
FROM touched_buyers
CROSS JOIN orders ON orders.buyer_id = touched_buyers.id
