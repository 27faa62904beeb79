-- Products that are described anew: the touched ones, and those that touched orders sell, or sold before.
INSERT OR IGNORE INTO touched_product_keys
SELECT id FROM touched_products
UNION
SELECT line_items.product_key
FROM touched_orders
CROSS JOIN line_items ON line_items.order_id = touched_orders.id
WHERE line_items.product_key IS NOT NULL
