-- Sales by day of whatever the orders in scope belong to. What happened to an order stands on its own date, what was
-- given back on the date of the refund.
WITH booked_orders AS (
    SELECT
        order_id,
        date,
        sum(iif(kind = 'order', entries, 0)) AS orders,
        sum(iif(kind = 'sale', quantity, 0)) AS units,
        -sum(iif(kind = 'return', quantity, 0)) AS returned_units,
        sum(iif(kind = 'sale', amount_minor, 0)) AS gross_sales,
        -sum(iif(kind = 'discount', amount_minor, 0)) AS discounts,
        -sum(iif(kind IN ('return', 'adjustment'), amount_minor, 0)) AS returns,
        sum(iif(kind IN ('shipping', 'shipping_return'), amount_minor, 0)) AS shipping,
        sum(iif(kind IN ('tax', 'tax_return'), amount_minor, 0)) AS taxes,
        sum(iif(kind = 'duty', amount_minor, 0)) AS duties,
        sum(iif(kind = 'fee', amount_minor, 0)) AS fees,
        sum(iif(kind IN ('gift_card', 'gift_card_return'), amount_minor, 0)) AS gift_cards,
        sum(iif(kind = 'tip', amount_minor, 0)) AS tips
    FROM bookings
    GROUP BY order_id, date
),
counted AS (
    SELECT
        orders.id, orders.order_date, orders.cancelled_at, orders.total_outstanding, orders.processing_seconds
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
),
placed AS (
    SELECT
        id AS order_id,
        coalesce(order_date, '') AS date,
        cancelled_at IS NOT NULL AS cancelled_orders,
        id IN (
            SELECT order_id
            FROM bookings
            WHERE kind IN ('return', 'shipping_return', 'gift_card_return', 'adjustment')
        ) AS returned_orders,
        CAST(round(coalesce(total_outstanding, 0) * :minor) AS INTEGER) AS outstanding,
        cancelled_at IS NULL AND processing_seconds IS NOT NULL AS processed_orders,
        iif(cancelled_at IS NULL, coalesce(processing_seconds, 0), 0) AS processing_seconds
    FROM counted
),
-- Most orders have all they have on one day: a row each.
dated AS (
    SELECT
        order_id, date, orders, 0 AS cancelled_orders, 0 AS returned_orders, units, returned_units, gross_sales,
        discounts, returns, shipping, taxes, duties, fees, gift_cards, tips, 0 AS outstanding,
        0 AS processed_orders, 0 AS processing_seconds
    FROM booked_orders
    UNION ALL
    SELECT
        order_id, date, 0, cancelled_orders, returned_orders, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, outstanding,
        processed_orders, processing_seconds
    FROM placed
),
days AS (
    SELECT
        order_id, date,
        sum(orders) AS orders, sum(cancelled_orders) AS cancelled_orders, sum(returned_orders) AS returned_orders,
        sum(units) AS units, sum(returned_units) AS returned_units,
        sum(gross_sales) AS gross_sales, sum(discounts) AS discounts, sum(returns) AS returns,
        sum(shipping) AS shipping, sum(taxes) AS taxes, sum(duties) AS duties, sum(fees) AS fees,
        sum(gift_cards) AS gift_cards, sum(tips) AS tips, sum(outstanding) AS outstanding,
        sum(processed_orders) AS processed_orders, sum(processing_seconds) AS processing_seconds
    FROM dated
    GROUP BY order_id, date
)
INSERT INTO member_days
SELECT
    dimension, member, date,
    sum(orders) AS orders, sum(cancelled_orders) AS cancelled_orders, sum(returned_orders) AS returned_orders,
    sum(units) AS units, sum(returned_units) AS returned_units,
    sum(gross_sales) AS gross_sales, sum(discounts) AS discounts, sum(returns) AS returns,
    sum(shipping) AS shipping, sum(taxes) AS taxes, sum(duties) AS duties, sum(fees) AS fees,
    sum(gift_cards) AS gift_cards, sum(tips) AS tips, sum(outstanding) AS outstanding,
    sum(processed_orders) AS processed_orders, sum(processing_seconds) AS processing_seconds
FROM days
CROSS JOIN members USING (order_id)
GROUP BY dimension, member, date
