SELECT
    line_items.id AS line_item_id,
    line_items.order_id,
    line_items.product_id,
    line_items.variant_id,
    line_items.position,
    iif(:personal_data OR line_items.product_key IS NOT NULL, line_items.title, NULL) AS title,
    line_items.variant_title,
    line_items.sku,
    line_items.vendor,
    line_items.quantity,
    line_items.current_quantity,
    line_items.price,
    line_items.discount_allocated,
    line_items.total_tax,
    iif(line_items.gift_card, 'true', 'false') AS gift_card,
    iif(line_items.is_tip, 'true', 'false') AS is_tip,
    line_items.fulfillment_status,
    line_items.product_key,
    line_items.variant_key,
    line_items.product_type
FROM line_items
JOIN orders ON orders.id = line_items.order_id
WHERE orders.deleted_at IS NULL
ORDER BY line_items.id
