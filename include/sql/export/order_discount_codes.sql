SELECT
    order_discount_codes.order_id,
    order_discount_codes.position,
    order_discount_codes.code,
    order_discount_codes.type,
    order_discount_codes.amount
FROM order_discount_codes
JOIN orders ON orders.id = order_discount_codes.order_id
WHERE orders.deleted_at IS NULL
ORDER BY order_discount_codes.order_id, order_discount_codes.position
