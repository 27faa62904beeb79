-- Sales of all time of whatever an order or a line belongs to: what daily_sales has by day, and of each product.
WITH line_members AS (
    SELECT order_id, 'vendor' AS dimension, vendor AS member, kind, quantity, amount_minor FROM bookings
    UNION ALL
    SELECT order_id, 'product_type', product_type, kind, quantity, amount_minor FROM bookings
)
SELECT
    dimension, member,
    sum(orders) AS orders, sum(units) AS units, sum(returned_units) AS returned_units,
    sum(gross_sales) AS gross_sales, sum(discounts) AS discounts, sum(returns) AS returns,
    sum(shipping + taxes + duties + fees) AS charges
FROM member_days
GROUP BY dimension, member
UNION ALL
SELECT
    dimension, member,
    count(DISTINCT iif(kind = 'sale', order_id, NULL)),
    sum(iif(kind = 'sale', quantity, 0)),
    -sum(iif(kind = 'return', quantity, 0)),
    sum(iif(kind = 'sale', amount_minor, 0)),
    -sum(iif(kind = 'discount', amount_minor, 0)),
    -sum(iif(kind = 'return', amount_minor, 0)),
    0
FROM line_members
WHERE kind IN ('sale', 'discount', 'return')
GROUP BY dimension, member
UNION ALL
SELECT
    'product', CAST(coalesce(product_key, 0) AS TEXT),
    count(DISTINCT iif(kind = 'sale', sales_ledger.order_id, NULL)),
    sum(iif(kind = 'sale', quantity, 0)),
    -sum(iif(kind = 'return', quantity, 0)),
    sum(iif(kind = 'sale', amount_minor, 0)),
    -sum(iif(kind = 'discount', amount_minor, 0)),
    -sum(iif(kind = 'return', amount_minor, 0)),
    0
FROM scope
CROSS JOIN orders ON orders.id = scope.order_id
CROSS JOIN sales_ledger ON sales_ledger.order_id = orders.id
WHERE orders.deleted_at IS NULL AND orders.is_test = 0 AND kind IN ('sale', 'discount', 'return')
GROUP BY coalesce(product_key, 0)
