-- Products that neither the store nor any line knows any more.
DELETE FROM product_dim
WHERE product_key IN (SELECT id FROM touched_product_keys)
  AND NOT EXISTS (SELECT 1 FROM products WHERE products.id = product_dim.product_key)
  AND NOT EXISTS (SELECT 1 FROM line_items WHERE line_items.product_key = product_dim.product_key)
