-- The buyers with the highest net sales of all time. One row a buyer, at most :top_n; no names, no addresses.
-- buyer_id: the customer's id; customer_id null: a guest whose e-mail no customer has. Dates: of orders.
-- Money: major units of the shop's currency.
-- Parameters: :top_n.
SELECT
    id AS buyer_id,
    customer_id,
    orders,
    net_sales,
    first_order_date,
    last_order_date
FROM buyers
ORDER BY net_sales_minor DESC, id
LIMIT :top_n
