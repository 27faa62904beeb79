-- E-mails and phone of the customer; e-mails also of the customer's orders and of guest orders that were named.
SELECT email, phone FROM customers WHERE id = :customer_id
UNION ALL
SELECT orders.email, NULL
FROM orders_of_person
CROSS JOIN orders ON orders.id = orders_of_person.id
WHERE coalesce(orders.customer_id, :customer_id) = :customer_id
