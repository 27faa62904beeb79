-- Sales of goods by variant and month; what came back stands in the month of the refund.
SELECT
    coalesce(sales_ledger.product_key, 0) AS product_key,
    coalesce(sales_ledger.variant_key, 0) AS variant_key,
    substr(coalesce(ledger_date, ''), 1, 7) AS month,
    sum(iif(kind = 'sale', quantity, 0)) AS units,
    -sum(iif(kind = 'return', quantity, 0)) AS returned_units,
    sum(iif(kind = 'sale', amount_minor, 0)) AS gross_sales,
    -sum(iif(kind = 'discount', amount_minor, 0)) AS discounts,
    -sum(iif(kind = 'return', amount_minor, 0)) AS returns
FROM scope
CROSS JOIN sales_ledger ON sales_ledger.order_id = scope.order_id
WHERE kind IN ('sale', 'discount', 'return')
GROUP BY 1, 2, 3
