SELECT
    product_key,
    title,
    vendor,
    product_type,
    status,
    iif(is_deleted, 'true', 'false') AS is_deleted
FROM product_dim
ORDER BY product_key
