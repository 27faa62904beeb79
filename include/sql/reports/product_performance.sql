-- What each product has brought in all time. One row a product that is or was in the store or was ever sold; sales
-- as in headline.sql, without discrepancies.
--   product_key: the product's id, also when it is deleted; 0: all lines that never had a product, taken together
--   orders, customers: orders and distinct buyers with the product; units: pieces sold before returns
--   refund_rate_percent: returned_units / units; last_month_sold: of sales, not of returns (YYYY-MM)
--   growth_percent: net sales of the month before that of :today against the month before; null when that had none
-- Money: major units of the shop's currency.
-- Parameters: :today, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales
WITH sold AS (
    SELECT
        product_key,
        sum(units) AS units,
        sum(returned_units) AS returned_units,
        sum(gross_sales) AS gross,
        sum(discounts) AS discounts,
        sum(returns) AS returns,
        sum(net) AS net,
        sum(iif(month = substr(date(:today, 'start of month', '-1 month'), 1, 7), net, 0)) AS last_month,
        sum(iif(month = substr(date(:today, 'start of month', '-2 months'), 1, 7), net, 0)) AS month_before,
        min(iif(units > 0, nullif(month, ''), NULL)) AS first_month_sold,
        max(iif(units > 0, nullif(month, ''), NULL)) AS last_month_sold
    FROM (SELECT *, gross_sales - discounts - returns AS net FROM product_sales)
    GROUP BY product_key
)
SELECT
    product_dim.product_key,
    title,
    vendor,
    product_type,
    status,
    iif(is_deleted, 'true', 'false') AS is_deleted,
    coalesce(product_orders.orders, 0) AS orders,
    coalesce(buyers, 0) AS customers,
    coalesce(units, 0) AS units,
    coalesce(returned_units, 0) AS returned_units,
    coalesce(gross, 0) / :minor AS gross_sales,
    coalesce(discounts, 0) / :minor AS discounts,
    coalesce(returns, 0) / :minor AS returns,
    coalesce(net, 0) / :minor AS net_sales,
    round(10000.0 * returned_units / nullif(units, 0)) / 100 AS refund_rate_percent,
    round(10000.0 * (last_month - month_before) / nullif(max(month_before, 0), 0)) / 100 AS growth_percent,
    first_month_sold,
    last_month_sold
FROM product_dim
LEFT JOIN sold ON sold.product_key = product_dim.product_key
LEFT JOIN product_orders ON product_orders.product_key = product_dim.product_key AND other_key = 0
LEFT JOIN member_buyers ON dimension = 'product' AND member = CAST(product_dim.product_key AS TEXT)
ORDER BY product_dim.product_key
