SELECT
    refunds.id AS refund_id,
    refunds.order_id,
    refunds.created_at,
    refunds.processed_at,
    refunds.refund_date,
    iif(:personal_data, refunds.note, NULL) AS note,
    refunds.shipping_refunded,
    refunds.discrepancy,
    refunds.shipping_tax_refunded,
    refunds.duties_refunded
FROM refunds
JOIN orders ON orders.id = refunds.order_id
WHERE orders.deleted_at IS NULL
ORDER BY refunds.id
