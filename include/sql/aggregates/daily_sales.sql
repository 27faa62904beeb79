-- Sales by day of whatever an order or a line belongs to.
WITH line_members AS (
    SELECT order_id, 'vendor' AS dimension, vendor AS member, date, kind, quantity, amount_minor FROM bookings
    UNION ALL
    SELECT order_id, 'product_type', product_type, date, kind, quantity, amount_minor FROM bookings
)
SELECT
    dimension, member, date, orders, cancelled_orders, returned_orders, units, returned_units, gross_sales, discounts,
    returns, shipping, taxes, duties, fees, gift_cards, tips, outstanding, processed_orders, processing_seconds
FROM member_days
UNION ALL
SELECT
    dimension, member, date,
    count(DISTINCT iif(kind = 'sale', order_id, NULL)), 0, 0,
    sum(iif(kind = 'sale', quantity, 0)),
    -sum(iif(kind = 'return', quantity, 0)),
    sum(iif(kind = 'sale', amount_minor, 0)),
    -sum(iif(kind = 'discount', amount_minor, 0)),
    -sum(iif(kind = 'return', amount_minor, 0)),
    0, 0, 0, 0, 0, 0, 0, 0, 0
FROM line_members
WHERE kind IN ('sale', 'discount', 'return')
GROUP BY dimension, member, date
