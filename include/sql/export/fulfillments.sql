SELECT
    fulfillments.id AS fulfillment_id,
    fulfillments.order_id,
    fulfillments.created_at,
    fulfillments.updated_at,
    fulfillments.fulfilled_date,
    fulfillments.status,
    fulfillments.shipment_status,
    fulfillments.tracking_company,
    fulfillments.location_id
FROM fulfillments
JOIN orders ON orders.id = fulfillments.order_id
WHERE orders.deleted_at IS NULL
ORDER BY fulfillments.id
