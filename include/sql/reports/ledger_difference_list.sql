-- Orders whose ledger does not come to Shopify's own total. One row an order, at most :top_n: the largest differences.
--   ledger: all entries of the order but discrepancies; shopify: current_total_price; difference = ledger - shopify
--   cause: discrepancy (Shopify's total counts what a refund gave beside goods and shipping), tip (it does not count
--     the tip), rounding (at most a minor unit an entry), edit (quantities changed without a refund), unknown
-- Money: major units of the shop's currency.
-- Parameters: :top_n, :minor.
-- Source: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (current_total_price)
SELECT
    order_id,
    name,
    order_date,
    round(current_total_price * :minor + difference_minor) / :minor AS ledger,
    current_total_price AS shopify,
    difference_minor / :minor AS difference,
    cause
FROM ledger_differences
JOIN orders ON orders.id = order_id
ORDER BY abs(difference_minor) DESC, order_id
LIMIT :top_n
