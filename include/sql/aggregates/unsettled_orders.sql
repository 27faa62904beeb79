-- Orders that are neither archived nor cancelled, and orders of which something is still to be paid, by their day.
WITH unsettled AS (
    SELECT
        members.dimension,
        members.member,
        orders.order_date AS date,
        orders.closed_at IS NULL AND orders.cancelled_at IS NULL AS is_open,
        max(CAST(round(coalesce(orders.total_outstanding, 0) * :minor) AS INTEGER), 0) AS outstanding
    FROM members
    CROSS JOIN orders ON orders.id = members.order_id
    WHERE members.dimension IN ('store', 'country', 'channel', 'country_channel') AND orders.order_date IS NOT NULL
)
SELECT
    dimension,
    member,
    date,
    sum(is_open) AS open_orders,
    sum(outstanding > 0) AS outstanding_orders,
    sum(outstanding) AS outstanding
FROM unsettled
WHERE is_open OR outstanding > 0
GROUP BY dimension, member, date
