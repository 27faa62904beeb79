-- Sales of all time of whatever an order or a line belongs to: what daily_sales has by day, and of each product.
WITH counted AS (
    SELECT orders.id
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
),
booked AS (
    SELECT
        sales_ledger.order_id,
        coalesce(line_items.vendor, '') AS vendor,
        coalesce(line_items.product_type, '') AS product_type,
        kind,
        count(*) AS entries,
        sum(sales_ledger.quantity) AS quantity,
        sum(amount_minor) AS amount_minor
    FROM counted
    CROSS JOIN sales_ledger ON sales_ledger.order_id = counted.id
    LEFT JOIN line_items ON line_items.id = sales_ledger.line_item_id
    GROUP BY 1, 2, 3, 4
),
booked_orders AS (
    SELECT
        order_id,
        sum(iif(kind = 'order', entries, 0)) AS orders,
        sum(iif(kind = 'sale', quantity, 0)) AS units,
        -sum(iif(kind = 'return', quantity, 0)) AS returned_units,
        sum(iif(kind = 'sale', amount_minor, 0)) AS gross_sales,
        -sum(iif(kind = 'discount', amount_minor, 0)) AS discounts,
        -sum(iif(kind IN ('return', 'adjustment'), amount_minor, 0)) AS returns,
        sum(iif(kind IN ('shipping', 'shipping_return', 'tax', 'tax_return', 'duty', 'fee'), amount_minor, 0)) AS charges
    FROM booked
    GROUP BY order_id
),
line_members AS (
    SELECT order_id, 'vendor' AS dimension, vendor AS member, kind, quantity, amount_minor FROM booked
    UNION ALL
    SELECT order_id, 'product_type', product_type, kind, quantity, amount_minor FROM booked
)
SELECT
    dimension, member,
    sum(orders) AS orders, sum(units) AS units, sum(returned_units) AS returned_units,
    sum(gross_sales) AS gross_sales, sum(discounts) AS discounts, sum(returns) AS returns, sum(charges) AS charges
FROM booked_orders
CROSS JOIN members USING (order_id)
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
    count(DISTINCT iif(kind = 'sale', order_id, NULL)),
    sum(iif(kind = 'sale', quantity, 0)),
    -sum(iif(kind = 'return', quantity, 0)),
    sum(iif(kind = 'sale', amount_minor, 0)),
    -sum(iif(kind = 'discount', amount_minor, 0)),
    -sum(iif(kind = 'return', amount_minor, 0)),
    0
FROM counted
CROSS JOIN sales_ledger ON sales_ledger.order_id = counted.id
WHERE kind IN ('sale', 'discount', 'return')
GROUP BY coalesce(product_key, 0)
