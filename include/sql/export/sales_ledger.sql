SELECT
    id AS ledger_id,
    order_id,
    ledger_date,
    line_item_id,
    refund_id,
    product_key,
    variant_key,
    buyer_id,
    kind,
    quantity,
    amount_minor,
    amount
FROM sales_ledger
ORDER BY id
