-- What is still open, by the age of the order. One row a band of days between order_date and :today, all five.
--   open_orders: neither archived nor cancelled, as Shopify's filter Open has it
--   outstanding_orders, outstanding: orders of which something is to be paid, and how much
-- Money: major units of the shop's currency.
-- Parameters: :today, :minor.
-- Source: https://help.shopify.com/en/manual/fulfillment/managing-orders/order-status
WITH bands (from_days, to_days) AS (
    VALUES (0, 7), (8, 30), (31, 60), (61, 90), (91, NULL)
),
dated AS (
    SELECT
        from_days,
        to_days,
        iif(to_days IS NULL, '', date(:today, '-' || to_days || ' days')) AS first_date,
        iif(from_days = 0, '9999', date(:today, '-' || from_days || ' days')) AS last_date
    FROM bands
)
SELECT
    from_days,
    to_days,
    coalesce(sum(open_orders), 0) AS open_orders,
    coalesce(sum(outstanding_orders), 0) AS outstanding_orders,
    coalesce(sum(outstanding), 0) / :minor AS outstanding
FROM dated
LEFT JOIN unsettled_orders ON dimension = 'store' AND member = '' AND date BETWEEN first_date AND last_date
GROUP BY from_days, to_days
ORDER BY from_days
