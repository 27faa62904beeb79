-- What each buyer has brought in all time. One row a buyer; no names, no addresses.
-- buyer_id: the customer's id; for a guest whose e-mail no customer has, minus the id of the first order with it
-- (customer_id null). units: pieces of goods bought; average_order_value: net_sales / orders, after returns.
-- segment, with its scores: as in rfm_segments.sql. Money: major units of the shop's currency.
-- Parameters: :today, :minor.
WITH rules (position, segment, recency_from, recency_to, worth_from, worth_to) AS (
    VALUES
        (1, 'Champions', 5, 5, 8, 10),
        (2, 'Loyal', 3, 4, 8, 10),
        (3, 'Active', 4, 5, 4, 7),
        (4, 'New', 5, 5, 2, 3),
        (5, 'Promising', 4, 4, 2, 3),
        (6, 'Needs attention', 3, 3, 5, 7),
        (7, 'Almost lost', 3, 3, 2, 4),
        (8, 'Previously loyal', 1, 2, 9, 10),
        (9, 'At risk', 1, 2, 6, 8),
        (10, 'Dormant', 1, 2, 2, 5)
),
-- Where the fifths of all buyers begin: a date belongs to the fifth that its last buyer is in, a band of spend, which
-- holds many more, to that of its middle buyer.
by_date AS (
    SELECT
        last_order_date,
        1.0 * sum(sum(buyers)) OVER (ORDER BY last_order_date) / sum(sum(buyers)) OVER () AS until
    FROM buyer_groups
    GROUP BY last_order_date
),
by_spend AS (
    SELECT
        spend_band,
        (sum(sum(buyers)) OVER (ORDER BY spend_band) - sum(buyers) / 2.0) / sum(sum(buyers)) OVER () AS middle
    FROM buyer_groups
    GROUP BY spend_band
),
fifths AS (
    SELECT
        (SELECT min(last_order_date) FROM by_date WHERE until > 0.2) AS date_2,
        (SELECT min(last_order_date) FROM by_date WHERE until > 0.4) AS date_3,
        (SELECT min(last_order_date) FROM by_date WHERE until > 0.6) AS date_4,
        (SELECT min(last_order_date) FROM by_date WHERE until > 0.8) AS date_5,
        (SELECT min(spend_band) FROM by_spend WHERE middle >= 0.2) AS spend_2,
        (SELECT min(spend_band) FROM by_spend WHERE middle >= 0.4) AS spend_3,
        (SELECT min(spend_band) FROM by_spend WHERE middle >= 0.6) AS spend_4,
        (SELECT min(spend_band) FROM by_spend WHERE middle >= 0.8) AS spend_5
),
scored AS MATERIALIZED (
    SELECT
        buyers.*,
        CASE
            WHEN last_order_date >= date_5 THEN 5 WHEN last_order_date >= date_4 THEN 4
            WHEN last_order_date >= date_3 THEN 3 WHEN last_order_date >= date_2 THEN 2 ELSE 1
        END AS recency,
        CASE WHEN orders <= 3 THEN orders WHEN orders <= 5 THEN 4 ELSE 5 END AS frequency,
        CASE
            WHEN net_sales_minor >= spend_5 THEN 5 WHEN net_sales_minor >= spend_4 THEN 4
            WHEN net_sales_minor >= spend_3 THEN 3 WHEN net_sales_minor >= spend_2 THEN 2 ELSE 1
        END AS spend
    FROM buyers, fifths
)
SELECT
    id AS buyer_id,
    customer_id,
    orders,
    units,
    net_sales,
    total_sales,
    round(1.0 * net_sales_minor / orders) / :minor AS average_order_value,
    first_order_date,
    last_order_date,
    CAST(julianday(:today) - julianday(last_order_date) AS INTEGER) AS days_since_last_order,
    recency AS recency_score,
    frequency AS frequency_score,
    spend AS spend_score,
    segment
FROM scored
CROSS JOIN rules
    ON recency BETWEEN recency_from AND recency_to AND frequency + spend BETWEEN worth_from AND worth_to
ORDER BY id
