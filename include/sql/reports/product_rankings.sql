-- The products that lead by something else than net sales (those: top_products.sql). One row a place in a ranking, at
-- most :top_n each; sales as in headline.sql, without discrepancies. ranking:
--   units: most pieces sold in all time, before returns
--   refund_rate: highest units returned / units of all time, of products that have sold 10 or more
--   growth: highest growth of net sales of the month before that of :today against the month before, of products with
--     net sales in both
-- product_id: also of a product that is deleted by now; lines that never had a product are left out.
-- Money: major units of the shop's currency.
-- Parameters: :today, :top_n, :minor.
WITH months AS (
    SELECT
        product_key,
        month = substr(date(:today, 'start of month', '-1 month'), 1, 7) AS is_last,
        gross_sales - discounts - returns AS net
    FROM product_sales
    WHERE month IN (
        substr(date(:today, 'start of month', '-1 month'), 1, 7),
        substr(date(:today, 'start of month', '-2 months'), 1, 7)
    )
),
grown AS (
    SELECT product_key, sum(iif(is_last, net, 0)) AS last_month, sum(iif(is_last, 0, net)) AS month_before
    FROM months
    GROUP BY product_key
),
sold AS (
    SELECT
        CAST(member AS INTEGER) AS product_key,
        units,
        returned_units,
        gross_sales - discounts - returns AS net,
        last_month,
        month_before
    FROM member_sales
    LEFT JOIN grown ON grown.product_key = CAST(member AS INTEGER)
    WHERE dimension = 'product' AND member <> '0'
),
placed AS (
    SELECT
        1 AS position, 'units' AS ranking, sold.*,
        row_number() OVER (ORDER BY units DESC, product_key) AS place
    FROM sold
    WHERE units > 0
    UNION ALL
    SELECT
        2, 'refund_rate', sold.*,
        row_number() OVER (ORDER BY 1.0 * returned_units / units DESC, product_key)
    FROM sold
    WHERE units >= 10 AND returned_units > 0
    UNION ALL
    SELECT
        3, 'growth', sold.*,
        row_number() OVER (ORDER BY 1.0 * last_month / month_before DESC, product_key)
    FROM sold
    WHERE month_before > 0 AND last_month > 0
)
SELECT
    ranking,
    place,
    product_key AS product_id,
    title,
    units,
    net / :minor AS net_sales,
    round(10000.0 * returned_units / nullif(units, 0)) / 100 AS refund_rate_percent,
    round(10000.0 * (last_month - month_before) / nullif(max(month_before, 0), 0)) / 100 AS growth_percent
FROM placed
LEFT JOIN product_dim USING (product_key)
WHERE place <= :top_n
ORDER BY position, place
