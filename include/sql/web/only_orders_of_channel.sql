-- The orders of the chosen channel, as if there were no others; an empty member: those without a channel.
CREATE TEMP VIEW orders AS
SELECT *
FROM main.orders
WHERE channel IS (SELECT nullif(member, '') FROM chosen)
