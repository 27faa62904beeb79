-- Guest orders with an e-mail of the customer.
INSERT OR IGNORE INTO orders_of_person
SELECT orders.id
FROM json_each(:emails) AS known
CROSS JOIN orders ON orders.customer_id IS NULL AND lower(trim(orders.email)) = known.value
