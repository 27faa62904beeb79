SELECT
    refund_line_items.id AS refund_line_item_id,
    refund_line_items.refund_id,
    refund_line_items.order_id,
    refund_line_items.line_item_id,
    refund_line_items.quantity,
    refund_line_items.subtotal,
    refund_line_items.total_tax,
    refund_line_items.restock_type
FROM refund_line_items
JOIN orders ON orders.id = refund_line_items.order_id
WHERE orders.deleted_at IS NULL
ORDER BY refund_line_items.id
