-- What orders with a discount code bring. One row a code (in capitals), at most :top_n: those with the most orders.
--   gross_sales, discounts, net_sales: of the orders with the code, all their discounts; an order with two codes counts
--     under both; customers: distinct buyers of all time, null when :start or :end is given
--   discount_rate_percent = discounts / gross_sales
--   average_order_value as in headline.sql; average_order_value_without: of orders without any discount
-- Money: major units of the shop's currency.
-- Parameters: :start, :end (null: open), :top_n, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/discounts
WITH sold AS (
    SELECT member, orders, gross_sales AS gross, discounts, returns
    FROM member_sales
    WHERE dimension = 'discount_code' AND :start IS NULL AND :end IS NULL
    UNION ALL
    SELECT member, sum(orders), sum(gross_sales), sum(discounts), sum(returns)
    FROM daily_sales
    WHERE dimension = 'discount_code' AND (:start IS NOT NULL OR :end IS NOT NULL)
      AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
    GROUP BY member
),
undiscounted AS (
    SELECT sum(orders) AS orders, sum(gross_sales - discounts) AS spent
    FROM daily_sales
    WHERE dimension = 'discounted' AND member = 'no' AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
)
SELECT
    sold.member AS code,
    sold.orders,
    iif(:start IS NULL AND :end IS NULL, coalesce(buyers, 0), NULL) AS customers,
    gross / :minor AS gross_sales,
    discounts / :minor AS discounts,
    (gross - discounts - returns) / :minor AS net_sales,
    round(10000.0 * discounts / nullif(gross, 0)) / 100 AS discount_rate_percent,
    round(1.0 * (gross - discounts) / nullif(sold.orders, 0)) / :minor AS average_order_value,
    round(1.0 * undiscounted.spent / nullif(undiscounted.orders, 0)) / :minor AS average_order_value_without
FROM sold, undiscounted
LEFT JOIN member_buyers ON member_buyers.dimension = 'discount_code' AND member_buyers.member = sold.member
ORDER BY sold.orders DESC, sold.member
LIMIT :top_n
