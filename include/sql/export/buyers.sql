SELECT
    id AS buyer_id,
    customer_id,
    first_order_date,
    last_order_date,
    cohort_month,
    orders,
    units,
    net_sales_minor,
    total_sales_minor,
    net_sales,
    total_sales
FROM buyers
ORDER BY id
