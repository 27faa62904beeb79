-- How much buyers have spent in all time. One row a band of net sales that holds anyone, by its lower bound:
-- 1, 2 or 5 times a power of ten minor units; 0: nothing is left of what they bought.
--   share_percent: of all buyers; sales_share_percent: of the net sales of all buyers
-- Money: major units of the shop's currency.
-- Parameters: :minor.
WITH bands AS (
    SELECT spend_band, sum(buyers) AS buyers, sum(net_sales) AS net
    FROM buyer_groups
    GROUP BY spend_band
)
SELECT
    spend_band / :minor AS from_net_sales,
    buyers,
    net / :minor AS net_sales,
    round(10000.0 * buyers / nullif(sum(buyers) OVER (), 0)) / 100 AS share_percent,
    round(10000.0 * net / nullif(sum(net) OVER (), 0)) / 100 AS sales_share_percent
FROM bands
ORDER BY spend_band
