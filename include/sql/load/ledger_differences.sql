-- Counted orders whose ledger, adjustments left out, does not come to Shopify's current_total_price, and why:
-- discrepancy: Shopify's total counts the refund's discrepancy; tip: it does not count the tip;
-- rounding: at most a minor unit a row; edit: lines hold other quantities than sold and returned.
WITH sums AS (
    SELECT
        sales_ledger.order_id,
        sum(iif(kind = 'adjustment', 0, amount_minor))
            - CAST(round(orders.current_total_price * :minor) AS INTEGER) AS difference,
        sum(iif(kind = 'adjustment', amount_minor, 0)) AS adjusted,
        sum(iif(kind = 'tip', amount_minor, 0)) AS tipped,
        count(*) AS ledger_rows
    FROM touched_orders
    CROSS JOIN orders ON orders.id = touched_orders.id
    CROSS JOIN sales_ledger ON sales_ledger.order_id = orders.id
    WHERE orders.current_total_price IS NOT NULL
    GROUP BY sales_ledger.order_id
    HAVING difference <> 0
)
INSERT INTO ledger_differences (order_id, difference_minor, cause)
SELECT
    order_id,
    difference,
    CASE
        WHEN adjusted <> 0 AND difference = -adjusted THEN 'discrepancy'
        WHEN tipped <> 0 AND abs(difference) = abs(tipped) THEN 'tip'
        WHEN abs(difference) <= ledger_rows THEN 'rounding'
        WHEN EXISTS (
            SELECT 1
            FROM line_items
            WHERE line_items.order_id = sums.order_id
              AND line_items.current_quantity <> line_items.quantity - (
                  SELECT coalesce(sum(refund_line_items.quantity), 0)
                  FROM refund_line_items
                  WHERE refund_line_items.line_item_id = line_items.id
              )
        ) THEN 'edit'
        ELSE 'unknown'
    END
FROM sums
