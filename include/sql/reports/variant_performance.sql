-- What each variant has brought in all time. One row a variant that was ever sold; sales as in headline.sql, without
-- discrepancies.
--   product_key, variant_key: the ids, also when they are deleted; 0: all lines that never had any, taken together
--   variant_title, sku: null for a variant that the store no longer had when it was first read
--   units: pieces sold before returns; refund_rate_percent: returned_units / units
--   growth_percent: net sales of the month before that of :today against the month before; null when that had none
-- Money: major units of the shop's currency.
-- Parameters: :today, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales
WITH sold AS (
    SELECT
        product_key,
        variant_key,
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
    GROUP BY product_key, variant_key
)
SELECT
    sold.product_key,
    variant_key,
    product_dim.title,
    product_variants.title AS variant_title,
    sku,
    iif(variant_key > 0 AND (product_variants.id IS NULL OR product_variants.deleted_at IS NOT NULL), 'true', 'false')
        AS is_deleted,
    units,
    returned_units,
    gross / :minor AS gross_sales,
    discounts / :minor AS discounts,
    returns / :minor AS returns,
    net / :minor AS net_sales,
    round(10000.0 * returned_units / nullif(units, 0)) / 100 AS refund_rate_percent,
    round(10000.0 * (last_month - month_before) / nullif(max(month_before, 0), 0)) / 100 AS growth_percent,
    first_month_sold,
    last_month_sold
FROM sold
LEFT JOIN product_dim ON product_dim.product_key = sold.product_key
LEFT JOIN product_variants ON product_variants.id = variant_key
ORDER BY sold.product_key, variant_key
