-- How long buyers wait until they order again. One row a band of whole days between an order and the same buyer's
-- next, all ten bands; gaps: how many such pairs of orders there are.
--   share_percent, cumulative_percent: of all gaps; median_days: of all gaps, the same in every row
-- Parameters: none.
WITH bands (from_days, to_days) AS (
    VALUES (0, 0), (1, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, 180), (181, 365), (366, 730), (731, NULL)
),
counted AS (
    SELECT days, gaps, sum(gaps) OVER (ORDER BY days) AS until, sum(gaps) OVER () AS all_gaps
    FROM order_gaps
),
-- With an even number the median lies halfway between the two in the middle.
middle AS (
    SELECT (
        min(iif(2 * until >= all_gaps, days, NULL)) + min(iif(2 * until > all_gaps, days, NULL))
    ) / 2.0 AS median_days
    FROM counted
),
banded AS (
    SELECT from_days, to_days, coalesce(sum(gaps), 0) AS gaps
    FROM bands
    LEFT JOIN order_gaps ON days BETWEEN from_days AND coalesce(to_days, days)
    GROUP BY from_days, to_days
)
SELECT
    from_days,
    to_days,
    gaps,
    round(10000.0 * gaps / nullif(sum(gaps) OVER (), 0)) / 100 AS share_percent,
    round(10000.0 * sum(gaps) OVER (ORDER BY from_days) / nullif(sum(gaps) OVER (), 0)) / 100 AS cumulative_percent,
    median_days
FROM banded, middle
ORDER BY from_days
