-- What was sold, as last known: Shopify empties product_id and variant_id when a product or variant is deleted.
-- The product's type is that of the day on which the line was first seen; orders do not carry it.
UPDATE line_items
SET
    product_key = coalesce(line_items.product_id, line_items.product_key),
    variant_key = coalesce(line_items.variant_id, line_items.variant_key),
    product_type = coalesce(
        line_items.product_type,
        (SELECT coalesce(products.product_type, '') FROM products WHERE products.id = line_items.product_id)
    )
WHERE line_items.order_id IN (SELECT id FROM touched_orders)
  AND (coalesce(line_items.product_id, line_items.product_key) IS NOT line_items.product_key
       OR coalesce(line_items.variant_id, line_items.variant_key) IS NOT line_items.variant_key
       OR line_items.product_type IS NULL)
