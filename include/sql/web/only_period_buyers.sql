-- The chosen part's buyers by period, as if they were the store's.
CREATE TEMP VIEW period_buyers AS
SELECT 'store' AS dimension, '' AS member, period, start, buyers, new_buyers
FROM main.period_buyers
WHERE dimension = (SELECT dimension FROM chosen) AND member = (SELECT member FROM chosen)
