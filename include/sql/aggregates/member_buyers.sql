-- Distinct buyers of all time of what an order, or a line of it, belongs to.
WITH lines AS (
    SELECT orders.buyer_id, line_items.product_key, line_items.vendor, line_items.product_type
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    CROSS JOIN line_items ON line_items.order_id = orders.id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0 AND orders.buyer_id IS NOT NULL
      AND line_items.gift_card = 0 AND line_items.is_tip = 0
),
makes AS (
    SELECT DISTINCT buyer_id, coalesce(vendor, '') AS vendor, coalesce(product_type, '') AS product_type FROM lines
)
SELECT members.dimension, members.member, count(DISTINCT orders.buyer_id) AS buyers
FROM members
JOIN orders ON orders.id = members.order_id
WHERE members.dimension IN (
    'store', 'country', 'region', 'city', 'channel', 'traffic_source', 'device', 'payment_gateway',
    'financial_status', 'fulfillment_status', 'cancel_reason', 'order_value', 'processing_time',
    'discount_code', 'discounted', 'customer_type'
)
GROUP BY members.dimension, members.member
UNION ALL
SELECT 'product', coalesce(product_key, 0), count(DISTINCT buyer_id) FROM lines GROUP BY 2
UNION ALL
SELECT 'vendor', vendor, count(DISTINCT buyer_id) FROM makes GROUP BY 2
UNION ALL
SELECT 'product_type', product_type, count(DISTINCT buyer_id) FROM makes GROUP BY 2
