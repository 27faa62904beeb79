-- Active products that have not sold for 90 days or more. One row a product, at most :top_n: those with the most
-- stock. Sales are known by month: a product that sold in the month 90 days before :today, or since, is none of them;
-- nor is one that was made since then.
--   inventory_on_hand: of all its variants now; null: none is known. last_month_sold: YYYY-MM, null: never
-- Parameters: :today, :top_n.
WITH unsold AS (
    SELECT product_dim.product_key, product_dim.title
    FROM product_dim
    JOIN products ON products.id = product_dim.product_key
    WHERE product_dim.status = 'active' AND product_dim.is_deleted = 0
      AND coalesce(products.created_at, '') < date(:today, '-90 days')
      AND NOT EXISTS (
          SELECT 1
          FROM product_sales
          WHERE product_sales.product_key = product_dim.product_key AND units > 0
            AND month >= substr(date(:today, '-90 days'), 1, 7)
      )
),
stocked AS (
    SELECT
        product_key,
        title,
        (
            SELECT sum(inventory_quantity)
            FROM product_variants
            WHERE product_variants.product_id = product_key AND deleted_at IS NULL
        ) AS inventory_on_hand
    FROM unsold
    ORDER BY inventory_on_hand DESC, product_key
    LIMIT :top_n
)
SELECT
    product_key AS product_id,
    title,
    (
        SELECT max(nullif(month, ''))
        FROM product_sales
        WHERE product_sales.product_key = stocked.product_key AND units > 0
    ) AS last_month_sold,
    inventory_on_hand
FROM stocked
ORDER BY inventory_on_hand DESC, product_key
