-- With a product Shopify empties the ids on the lines that sold it, and leaves the orders' updated_at alone,
-- so that no window shows them: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (product_exists).
-- product_key and variant_key keep them.
UPDATE line_items
SET product_id = NULL, variant_id = NULL
WHERE product_id IN (SELECT id FROM gone_products)
