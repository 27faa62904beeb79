-- What became of the buyers of each month. One row a cohort (the month, YYYY-MM, of the first order) and month since,
-- from 0, without gaps, to the month of :today; cohorts of :start to :end (null: open).
--   cohort_size: buyers in the cohort; buyers: of them, those who ordered in the month
--   retention_percent = buyers / cohort_size
--   cumulative_net_sales_per_customer: net sales of the cohort until the end of the month / cohort_size
-- Guests are told apart by e-mail; orders without customer and e-mail are in no cohort.
-- Money: major units of the shop's currency.
-- Parameters: :start, :end, :today, :minor.
-- Source:
-- https://help.shopify.com/en/manual/reports-and-analytics/shopify-reports/report-types/default-reports/customers-reports
WITH RECURSIVE cohorts AS (
    SELECT cohort_month, buyers AS cohort_size
    FROM cohort_activity
    WHERE month = cohort_month
      AND cohort_month BETWEEN substr(coalesce(:start, ''), 1, 7) AND substr(coalesce(:end, '9999'), 1, 7)
),
months (cohort_month, cohort_size, months_since) AS (
    SELECT cohort_month, cohort_size, 0 FROM cohorts
    UNION ALL
    SELECT cohort_month, cohort_size, months_since + 1
    FROM months
    WHERE date(cohort_month || '-01', '+' || (months_since + 1) || ' months') <= :today
),
active AS (
    SELECT
        months.cohort_month,
        months_since,
        cohort_size,
        coalesce(buyers, 0) AS buyers,
        sum(coalesce(net_sales, 0)) OVER (PARTITION BY months.cohort_month ORDER BY months_since) AS net_so_far
    FROM months
    LEFT JOIN cohort_activity AS activity
        ON activity.cohort_month = months.cohort_month
        AND activity.month = substr(date(months.cohort_month || '-01', '+' || months_since || ' months'), 1, 7)
)
SELECT
    cohort_month,
    months_since,
    cohort_size,
    buyers,
    round(10000.0 * buyers / nullif(cohort_size, 0)) / 100 AS retention_percent,
    round(1.0 * net_so_far / nullif(cohort_size, 0)) / :minor AS cumulative_net_sales_per_customer
FROM active
ORDER BY cohort_month, months_since
