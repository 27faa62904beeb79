-- Every product that the store has or had, and every one that was ever sold. A product that was deleted before
-- it was ever seen is described by its latest line.
WITH latest AS (
    SELECT
        id AS product_key,
        (SELECT max(line_items.id) FROM line_items WHERE line_items.product_key = touched_product_keys.id) AS line_id
    FROM touched_product_keys
)
INSERT INTO product_dim (product_key, title, vendor, product_type, status, is_deleted)
SELECT
    latest.product_key,
    iif(products.id IS NULL, line_items.title, products.title) AS title,
    iif(products.id IS NULL, line_items.vendor, products.vendor) AS vendor,
    iif(products.id IS NULL, nullif(line_items.product_type, ''), products.product_type) AS product_type,
    products.status,
    products.id IS NULL OR products.deleted_at IS NOT NULL AS is_deleted
FROM latest
LEFT JOIN products ON products.id = latest.product_key
LEFT JOIN line_items ON line_items.id = latest.line_id
WHERE products.id IS NOT NULL OR line_items.id IS NOT NULL
UNION ALL
SELECT 0, 'Custom lines and unknown products', NULL, NULL, NULL, 0
ON CONFLICT (product_key) DO UPDATE
SET
    title = excluded.title, vendor = excluded.vendor, product_type = excluded.product_type,
    status = excluded.status, is_deleted = excluded.is_deleted
WHERE (product_dim.title, product_dim.vendor, product_dim.product_type, product_dim.status, product_dim.is_deleted)
      IS NOT (excluded.title, excluded.vendor, excluded.product_type, excluded.status, excluded.is_deleted)
