-- Orders that change with others: guest orders with a touched e-mail, orders placed by their customer's address,
-- and orders of products that were not known yet.
INSERT OR IGNORE INTO touched_orders
SELECT orders.id
FROM touched_emails
CROSS JOIN orders INDEXED BY orders_of_guests
    ON orders.customer_id IS NULL AND lower(trim(orders.email)) = touched_emails.email
UNION
SELECT orders.id
FROM touched_customers
CROSS JOIN orders ON orders.customer_id = touched_customers.id
WHERE orders.geo_source IN ('customer', 'none')
UNION
SELECT line_items.order_id
FROM touched_products
CROSS JOIN line_items ON line_items.product_id = touched_products.id
WHERE line_items.product_type IS NULL
