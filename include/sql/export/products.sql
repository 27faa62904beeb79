SELECT
    id AS product_id,
    title,
    handle,
    vendor,
    product_type,
    status,
    tags,
    created_at,
    updated_at,
    published_at,
    deleted_at
FROM products
WHERE deleted_at IS NULL
ORDER BY id
