-- The orders of the chosen country, as if there were no others; an empty member: those without a country.
CREATE TEMP VIEW orders AS
SELECT *
FROM main.orders
WHERE geo_country_code IS (SELECT nullif(member, '') FROM chosen)
