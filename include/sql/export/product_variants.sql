SELECT
    id AS variant_id,
    product_id,
    title,
    sku,
    barcode,
    price,
    compare_at_price,
    position,
    inventory_item_id,
    inventory_quantity,
    grams,
    created_at,
    updated_at,
    deleted_at
FROM product_variants
WHERE deleted_at IS NULL
ORDER BY id
