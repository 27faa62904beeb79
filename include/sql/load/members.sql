-- What each counted order in scope belongs to: a row an order and dimension, more where it has several codes.
WITH counted AS MATERIALIZED (
    SELECT
        id, geo_country_code, geo_province_code, geo_city, channel, traffic_source, device, payment_gateways,
        financial_status, fulfillment_status, cancelled_at, cancel_reason, order_weekday, order_hour, total_price,
        total_discounts, processing_seconds, buyer_id, order_seq
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
),
-- Bands are for amounts as the euro's; a currency without decimals has about a hundred times as many units.
bands AS (
    SELECT id, total_price, iif(:minor = 1, 100, 1) AS scale, processing_seconds / 86400.0 AS processing_days
    FROM counted
)
INSERT INTO members (order_id, dimension, member)
SELECT id, 'store', '' FROM counted
UNION ALL
SELECT id, 'country', coalesce(geo_country_code, '') FROM counted
UNION ALL
SELECT id, 'region', coalesce(geo_country_code, '') || '|' || coalesce(geo_province_code, '') FROM counted
UNION ALL
SELECT
    id, 'city',
    coalesce(geo_country_code, '') || '|' || coalesce(geo_province_code, '') || '|' || coalesce(geo_city, '')
FROM counted
UNION ALL
SELECT id, 'channel', coalesce(channel, '') FROM counted
UNION ALL
SELECT id, 'country_channel', coalesce(geo_country_code, '') || '|' || coalesce(channel, '') FROM counted
UNION ALL
SELECT id, 'traffic_source', coalesce(traffic_source, '') FROM counted
UNION ALL
SELECT id, 'device', coalesce(device, '') FROM counted
UNION ALL
SELECT id, 'payment_gateway', coalesce(payment_gateways, '') FROM counted
UNION ALL
SELECT id, 'financial_status', coalesce(financial_status, '') FROM counted
UNION ALL
SELECT id, 'fulfillment_status', coalesce(fulfillment_status, 'unfulfilled') FROM counted
UNION ALL
SELECT id, 'cancel_reason', coalesce(cancel_reason, 'other') FROM counted WHERE cancelled_at IS NOT NULL
UNION ALL
SELECT id, 'hour', printf('%d %02d', order_weekday, order_hour) FROM counted WHERE order_hour IS NOT NULL
UNION ALL
SELECT
    id, 'order_value',
    CAST(scale * CASE
        WHEN total_price < 25 * scale THEN 0 WHEN total_price < 50 * scale THEN 25
        WHEN total_price < 100 * scale THEN 50 WHEN total_price < 150 * scale THEN 100
        WHEN total_price < 200 * scale THEN 150 WHEN total_price < 300 * scale THEN 200
        WHEN total_price < 500 * scale THEN 300 WHEN total_price < 1000 * scale THEN 500 ELSE 1000
    END AS TEXT)
FROM bands
WHERE total_price IS NOT NULL
UNION ALL
SELECT
    counted.id, 'processing_time',
    CASE
        WHEN processing_days < 1 THEN '0' WHEN processing_days < 2 THEN '1' WHEN processing_days < 3 THEN '2'
        WHEN processing_days < 5 THEN '3' WHEN processing_days < 7 THEN '5' WHEN processing_days < 14 THEN '7'
        WHEN processing_days < 30 THEN '14' ELSE '30'
    END
FROM bands
JOIN counted ON counted.id = bands.id
WHERE processing_days IS NOT NULL AND cancelled_at IS NULL
UNION ALL
SELECT DISTINCT counted.id, 'discount_code', upper(order_discount_codes.code)
FROM counted
CROSS JOIN order_discount_codes ON order_discount_codes.order_id = counted.id
WHERE order_discount_codes.code <> ''
UNION ALL
SELECT id, 'discounted', iif(total_discounts > 0, 'yes', 'no') FROM counted
UNION ALL
SELECT id, 'customer_type', CASE WHEN buyer_id IS NULL THEN 'unknown' WHEN order_seq = 1 THEN 'new' ELSE 'returning' END
FROM counted
