SELECT
    shipping_lines.id AS shipping_line_id,
    shipping_lines.order_id,
    shipping_lines.position,
    shipping_lines.title,
    shipping_lines.code,
    shipping_lines.source,
    shipping_lines.price,
    shipping_lines.discounted_price,
    shipping_lines.total_tax,
    iif(shipping_lines.is_removed, 'true', 'false') AS is_removed
FROM shipping_lines
JOIN orders ON orders.id = shipping_lines.order_id
WHERE orders.deleted_at IS NULL
ORDER BY shipping_lines.id
