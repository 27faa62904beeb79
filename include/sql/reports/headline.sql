-- The headline figures of all time, one row. Money: major units of the shop's currency, to the cent.
-- Definitions: Shopify's sales reports (https://help.shopify.com/en/manual/reports-and-analytics).
-- A counted order is neither test nor deleted; cancelled, voided and gift-card-only orders count.
-- Where prices include tax, sales are shown without it:
--   net = listed - allocated discount - tax; discount = allocated x net / (listed - allocated); gross = net + discount.
-- A buyer is the customer; for a guest the oldest customer with the same e-mail, else the e-mail itself.
WITH counted AS (
    SELECT *
    FROM orders
    WHERE deleted_at IS NULL AND is_test = 0
),
goods AS (
    SELECT
        line_items.id,
        line_items.price * line_items.quantity AS listed,
        line_items.discount_allocated AS allocated,
        iif(counted.taxes_included, line_items.total_tax, 0) AS included_tax
    FROM line_items
    JOIN counted ON counted.id = line_items.order_id
    WHERE line_items.gift_card = 0 AND line_items.is_tip = 0
),
sales AS (
    SELECT
        listed - allocated - included_tax AS net,
        coalesce(allocated * (listed - allocated - included_tax) / nullif(listed - allocated, 0), allocated)
            AS discount
    FROM goods
),
sold AS (
    SELECT total(net + discount) AS gross, total(discount) AS discounts
    FROM sales
),
returned AS (
    SELECT total(refund_line_items.subtotal - iif(counted.taxes_included, refund_line_items.total_tax, 0)) AS goods
    FROM refund_line_items
    JOIN counted ON counted.id = refund_line_items.order_id
    LEFT JOIN line_items ON line_items.id = refund_line_items.line_item_id
    WHERE coalesce(line_items.gift_card, 0) = 0 AND coalesce(line_items.is_tip, 0) = 0
),
refunded AS (
    SELECT order_id, sum(shipping_refunded) AS shipping, sum(discrepancy) AS discrepancy
    FROM refunds
    GROUP BY order_id
),
money AS (
    SELECT
        total(refunded.discrepancy) AS discrepancies,
        total(
            (coalesce(counted.total_shipping, 0) - coalesce(refunded.shipping, 0))
            * iif(counted.taxes_included AND counted.total_shipping > 0,
                  1 - counted.shipping_tax / counted.total_shipping, 1)
        ) AS shipping,
        total(coalesce(counted.current_total_tax, counted.total_tax)) AS tax,
        total(coalesce(counted.current_total_duties, counted.total_duties)) AS duties,
        total(coalesce(counted.current_total_additional_fees, counted.total_additional_fees)) AS fees,
        total(counted.total_outstanding) AS outstanding,
        count(*) AS orders,
        min(counted.order_date) AS first_order_date,
        max(counted.order_date) AS last_order_date,
        avg(iif(counted.cancelled_at IS NULL, counted.processing_hours, NULL)) / 24 AS processing_days
    FROM counted
    LEFT JOIN refunded ON refunded.order_id = counted.id
),
buyers AS (
    SELECT
        coalesce(
            counted.customer_id,
            (SELECT min(customers.id)
             FROM customers
             WHERE customers.deleted_at IS NULL
               AND lower(trim(customers.email)) = lower(trim(counted.email))),
            lower(trim(counted.email))
        ) AS buyer,
        count(*) AS orders
    FROM counted
    WHERE counted.customer_id IS NOT NULL OR trim(counted.email) <> ''
    GROUP BY buyer
),
loyalty AS (
    SELECT count(*) AS buyers, total(orders >= 2) AS repeat_buyers
    FROM buyers
)
SELECT
    money.orders AS total_orders,
    (SELECT count(*) FROM customers WHERE deleted_at IS NULL) AS total_customers,
    loyalty.buyers AS ordering_customers,
    round(sold.gross, 2) AS gross_sales,
    round(sold.discounts, 2) AS total_discounts,
    round(returned.goods - money.discrepancies, 2) AS total_returns,
    round(sold.gross - sold.discounts - returned.goods + money.discrepancies, 2) AS net_sales,
    round(money.shipping, 2) AS total_shipping,
    round(money.tax, 2) AS total_tax,
    round(money.duties, 2) AS total_duties,
    round(money.fees, 2) AS total_additional_fees,
    round(
        sold.gross - sold.discounts - returned.goods + money.discrepancies
        + money.shipping + money.tax + money.duties + money.fees,
        2
    ) AS total_sales,
    round((sold.gross - sold.discounts) / nullif(money.orders, 0), 2) AS average_order_value,
    round(100.0 * loyalty.repeat_buyers / nullif(loyalty.buyers, 0), 2) AS repeat_rate_percent,
    round(money.processing_days, 2) AS average_processing_days,
    round(money.outstanding, 2) AS total_outstanding,
    money.first_order_date,
    money.last_order_date
FROM sold, returned, money, loyalty
