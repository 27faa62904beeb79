-- Other customers with an e-mail of the customer.
SELECT DISTINCT customers.id
FROM json_each(:emails) AS known
CROSS JOIN customers ON lower(trim(customers.email)) = known.value
WHERE customers.id <> :customer_id
ORDER BY customers.id
