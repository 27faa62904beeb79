-- The orders of the chosen country and channel, as if there were no others; an empty one: orders without any.
CREATE TEMP VIEW orders AS
SELECT *
FROM main.orders
WHERE coalesce(geo_country_code, '') = coalesce((SELECT country FROM chosen), geo_country_code, '')
  AND coalesce(channel, '') = coalesce((SELECT channel FROM chosen), channel, '')
