-- The products with the highest net sales of all time. One row a product, at most :top_n; sales as in headline.sql.
--   product_id: also of a product that is deleted by now; null: all lines that never had a product, taken together
--   units: pieces sold before returns; net_sales: sales less discounts and returned goods, without discrepancies
--   refund_rate_percent: units returned / units
--   growth_percent: net sales of the month before that of :today against the month before; null when that had none
-- Money: major units of the shop's currency.
-- Parameters: :today, :top_n, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales
WITH sold AS (
    SELECT
        CAST(member AS INTEGER) AS product_key,
        units,
        returned_units,
        gross_sales - discounts - returns AS net
    FROM member_sales
    WHERE dimension = 'product'
    ORDER BY net DESC, product_key
    LIMIT :top_n
),
grown AS (
    SELECT
        product_key,
        sum(iif(month = substr(date(:today, 'start of month', '-1 month'), 1, 7), net, 0)) AS last_month,
        sum(iif(month = substr(date(:today, 'start of month', '-2 months'), 1, 7), net, 0)) AS month_before
    FROM (
        SELECT product_key, month, gross_sales - discounts - returns AS net
        FROM product_sales
        WHERE product_key IN (SELECT product_key FROM sold)
    )
    GROUP BY product_key
)
SELECT
    nullif(sold.product_key, 0) AS product_id,
    title,
    units,
    net / :minor AS net_sales,
    round(10000.0 * returned_units / nullif(units, 0)) / 100 AS refund_rate_percent,
    round(10000.0 * (last_month - month_before) / nullif(max(month_before, 0), 0)) / 100 AS growth_percent
FROM sold
JOIN grown ON grown.product_key = sold.product_key
LEFT JOIN product_dim ON product_dim.product_key = sold.product_key
ORDER BY net DESC, sold.product_key
