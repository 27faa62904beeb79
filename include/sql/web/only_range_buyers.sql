-- The chosen part's buyers of any range of days, as if they were the store's.
CREATE TEMP VIEW range_buyers AS
SELECT 'store' AS dimension, '' AS member, period, since, date, buyers, new_buyers, repeat_buyers, returning_buyers
FROM main.range_buyers
WHERE dimension = (SELECT dimension FROM chosen) AND member = (SELECT member FROM chosen)
