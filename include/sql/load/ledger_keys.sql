-- Whom and what a ledger row belongs to; product_key 0 is a line that never had a product.
WITH keys AS MATERIALIZED (
    SELECT
        sales_ledger.id,
        orders.buyer_id,
        iif(sales_ledger.line_item_id IS NULL, NULL, coalesce(line_items.product_key, 0)) AS product_key,
        iif(sales_ledger.line_item_id IS NULL, NULL, coalesce(line_items.variant_key, 0)) AS variant_key
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    CROSS JOIN sales_ledger ON sales_ledger.order_id = orders.id
    LEFT JOIN line_items ON line_items.id = sales_ledger.line_item_id
)
UPDATE sales_ledger
SET buyer_id = keys.buyer_id, product_key = keys.product_key, variant_key = keys.variant_key
FROM keys
WHERE sales_ledger.order_id IN (SELECT order_id FROM scope)
  AND sales_ledger.id = keys.id
  AND (sales_ledger.buyer_id, sales_ledger.product_key, sales_ledger.variant_key)
      IS NOT (keys.buyer_id, keys.product_key, keys.variant_key)
