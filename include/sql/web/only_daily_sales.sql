-- The chosen part of the store's days, as if it were the store.
CREATE TEMP VIEW daily_sales AS
SELECT
    'store' AS dimension, '' AS member, date, orders, cancelled_orders, returned_orders, units, returned_units, gross_sales,
    discounts, returns, shipping, taxes, duties, fees, gift_cards, tips, outstanding, processed_orders, processing_seconds
FROM main.daily_sales
WHERE dimension = (SELECT dimension FROM chosen) AND member = (SELECT member FROM chosen)
