SELECT
    order_adjustments.id AS order_adjustment_id,
    order_adjustments.refund_id,
    order_adjustments.order_id,
    order_adjustments.kind,
    order_adjustments.reason,
    order_adjustments.amount,
    order_adjustments.tax_amount
FROM order_adjustments
JOIN orders ON orders.id = order_adjustments.order_id
WHERE orders.deleted_at IS NULL
ORDER BY order_adjustments.id
