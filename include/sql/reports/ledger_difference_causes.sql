-- How many orders have a ledger that does not come to Shopify's own total, and by how much in all. One row a cause
-- that occurs; causes as in ledger_difference_list.sql. Money: major units of the shop's currency.
-- Parameters: :minor.
SELECT cause, count(*) AS orders, sum(difference_minor) / :minor AS difference
FROM ledger_differences
GROUP BY cause
ORDER BY cause
