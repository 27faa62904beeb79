-- The :top_n products with the highest net sales of all time, one row a product; money as in headline.sql.
-- units: pieces sold before returns; net_sales: sales less discounts and returned goods, without included tax.
-- Lines without a product (custom lines, deleted products) are grouped by their title.
WITH goods AS (
    SELECT
        line_items.id,
        line_items.product_id,
        line_items.title,
        line_items.quantity,
        line_items.price * line_items.quantity
            - line_items.discount_allocated
            - iif(orders.taxes_included, line_items.total_tax, 0) AS net
    FROM line_items
    JOIN orders ON orders.id = line_items.order_id
    WHERE orders.deleted_at IS NULL AND orders.is_test = 0
      AND line_items.gift_card = 0 AND line_items.is_tip = 0
),
returned AS (
    SELECT
        refund_line_items.line_item_id,
        sum(refund_line_items.subtotal - iif(orders.taxes_included, refund_line_items.total_tax, 0)) AS goods
    FROM refund_line_items
    JOIN orders ON orders.id = refund_line_items.order_id
    GROUP BY refund_line_items.line_item_id
)
SELECT
    goods.product_id,
    coalesce(products.title, max(goods.title)) AS title,
    sum(goods.quantity) AS units,
    round(sum(goods.net - coalesce(returned.goods, 0)), 2) AS net_sales
FROM goods
LEFT JOIN returned ON returned.line_item_id = goods.id
LEFT JOIN products ON products.id = goods.product_id
GROUP BY goods.product_id, iif(goods.product_id IS NULL, goods.title, NULL)
ORDER BY net_sales DESC, goods.product_id, title
LIMIT :top_n
