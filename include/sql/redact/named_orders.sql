-- The customer's orders, and those that were named by their ids.
INSERT OR IGNORE INTO orders_of_person
SELECT id FROM orders WHERE customer_id = :customer_id
UNION
SELECT orders.id FROM json_each(:order_ids) AS named JOIN orders ON orders.id = named.value
