-- Buyers by how recently, how often and for how much they buy. One row a segment, all ten, best first.
-- Scores from 1 to 5, the best. recency: the fifth of all buyers by the date of their last order; spend: the fifth by
-- their net sales of all time, in bands as in lifetime_value_distribution.sql; frequency: 1, 2, 3, 4 to 5, or 6 orders
-- and more. The table of rules has the segments: recency, and worth = frequency + spend, from and to.
-- Names and meaning are Shopify's, which goes by recency and the mean of the two others as well; where it draws the
-- lines is not published. Guests with an e-mail are buyers; Shopify's Prospects have no order and are not here.
--   share_percent: of all buyers; average_net_sales: per buyer, of all time
-- Money: major units of the shop's currency.
-- Parameters: :minor.
-- Source: https://shopify.dev/docs/api/admin-graphql/latest/enums/customerrfmgroup
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
scored AS (
    SELECT
        CASE
            WHEN last_order_date >= date_5 THEN 5 WHEN last_order_date >= date_4 THEN 4
            WHEN last_order_date >= date_3 THEN 3 WHEN last_order_date >= date_2 THEN 2 ELSE 1
        END AS recency,
        CASE WHEN orders <= 3 THEN orders WHEN orders <= 5 THEN 4 ELSE 5 END AS frequency,
        CASE
            WHEN spend_band >= spend_5 THEN 5 WHEN spend_band >= spend_4 THEN 4
            WHEN spend_band >= spend_3 THEN 3 WHEN spend_band >= spend_2 THEN 2 ELSE 1
        END AS spend,
        sum(buyers) AS buyers,
        sum(net_sales) AS net
    FROM buyer_groups, fifths
    GROUP BY recency, frequency, spend
),
segments AS (
    SELECT position, segment, coalesce(sum(buyers), 0) AS buyers, coalesce(sum(net), 0) AS net
    FROM rules
    LEFT JOIN scored
        ON recency BETWEEN recency_from AND recency_to AND frequency + spend BETWEEN worth_from AND worth_to
    GROUP BY position, segment
)
SELECT
    segment,
    buyers AS customers,
    round(10000.0 * buyers / nullif(sum(buyers) OVER (), 0)) / 100 AS share_percent,
    net / :minor AS net_sales,
    round(1.0 * net / nullif(buyers, 0)) / :minor AS average_net_sales
FROM segments
ORDER BY position
