-- E-mails by which guest orders may come to another buyer: those of touched customers and guest orders.
INSERT OR IGNORE INTO touched_emails
SELECT lower(trim(customers.email))
FROM touched_customers
CROSS JOIN customers ON customers.id = touched_customers.id
WHERE trim(customers.email) <> ''
UNION
SELECT lower(trim(orders.email))
FROM touched_orders
CROSS JOIN orders ON orders.id = touched_orders.id
WHERE orders.customer_id IS NULL AND trim(orders.email) <> ''
