-- The ledger of the counted orders in scope: a row an order, day, kind, and vendor and type of what the row is about.
INSERT INTO bookings (order_id, date, vendor, product_type, kind, entries, quantity, amount_minor)
SELECT
    sales_ledger.order_id,
    coalesce(ledger_date, ''),
    coalesce(line_items.vendor, ''),
    coalesce(line_items.product_type, ''),
    kind,
    count(*),
    sum(sales_ledger.quantity),
    sum(amount_minor)
FROM scope
CROSS JOIN orders ON orders.id = scope.order_id
CROSS JOIN sales_ledger ON sales_ledger.order_id = orders.id
LEFT JOIN line_items ON line_items.id = sales_ledger.line_item_id
WHERE orders.deleted_at IS NULL AND orders.is_test = 0
GROUP BY 1, 2, 3, 4, 5
