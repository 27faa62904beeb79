-- The buyers that the touched orders have, or had before.
INSERT OR IGNORE INTO touched_buyers
SELECT orders.buyer_id
FROM touched_orders
CROSS JOIN orders ON orders.id = touched_orders.id
WHERE orders.buyer_id IS NOT NULL
