-- The figures to steer by: the last 30 days beside the 30 before, and what was aimed at. One row a metric, all sixteen;
-- what they mean: headline.sql.
--   better: whether more of it is good (higher) or less (lower)
--   change_percent: (this_period - previous_period) / previous_period; null when that was 0 or less
--   target: for 30 days, from the Variable analytics_targets; achieved_percent = this_period / target
--   is_met: 1 when this_period is not on the wrong side of the target, else 0; null without target or figure
-- Money: major units of the shop's currency.
-- Parameters: :this_period, :previous_period (rows of headline.sql as JSON objects), :targets (JSON object by metric).
WITH metrics (position, metric, better) AS (
    VALUES
        (1, 'total_sales', 'higher'),
        (2, 'net_sales', 'higher'),
        (3, 'gross_sales', 'higher'),
        (4, 'total_orders', 'higher'),
        (5, 'average_order_value', 'higher'),
        (6, 'units_sold', 'higher'),
        (7, 'units_per_order', 'higher'),
        (8, 'ordering_customers', 'higher'),
        (9, 'new_customers', 'higher'),
        (10, 'returning_customer_rate_percent', 'higher'),
        (11, 'total_discounts', 'lower'),
        (12, 'total_returns', 'lower'),
        (13, 'refund_rate_percent', 'lower'),
        (14, 'cancellation_rate_percent', 'lower'),
        (15, 'average_processing_days', 'lower'),
        (16, 'total_outstanding', 'lower')
),
-- Thousandths are whole numbers in every currency, so that percentages are exact.
compared AS (
    SELECT
        metrics.*,
        this.value AS this_period,
        previous.value AS previous_period,
        targets.value AS target,
        round(1000 * this.value) AS this_thousandths,
        round(1000 * previous.value) AS previous_thousandths
    FROM metrics
    LEFT JOIN json_each(:this_period) AS this ON this.key = metric
    LEFT JOIN json_each(:previous_period) AS previous ON previous.key = metric
    LEFT JOIN json_each(:targets) AS targets ON targets.key = metric
)
SELECT
    metric,
    better,
    this_period,
    previous_period,
    round(10000.0 * (this_thousandths - previous_thousandths) / nullif(max(previous_thousandths, 0), 0)) / 100
        AS change_percent,
    target,
    round(10.0 * this_thousandths / nullif(target, 0)) / 100 AS achieved_percent,
    iif(better = 'higher', this_period >= target, this_period <= target) AS is_met
FROM compared
ORDER BY position
