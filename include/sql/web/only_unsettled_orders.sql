-- The chosen part's unsettled orders, as if they were the store's.
CREATE TEMP VIEW unsettled_orders AS
SELECT 'store' AS dimension, '' AS member, date, open_orders, outstanding_orders, outstanding
FROM main.unsettled_orders
WHERE dimension = (SELECT dimension FROM chosen) AND member = (SELECT member FROM chosen)
