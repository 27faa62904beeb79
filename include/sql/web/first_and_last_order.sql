-- The days of the first and the last counted order, as in reports/headline.sql. One row.
SELECT
    (
        SELECT date FROM daily_sales
        WHERE dimension = 'store' AND member = '' AND date > '' AND orders > 0
        ORDER BY date LIMIT 1
    ) AS first_order_date,
    (
        SELECT date FROM daily_sales
        WHERE dimension = 'store' AND member = '' AND date > '' AND orders > 0
        ORDER BY date DESC LIMIT 1
    ) AS last_order_date
