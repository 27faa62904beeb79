-- Where an order belongs: its shipping address, else its billing address, else its customer's, if it names a
-- country. Names are as the address spells them.
WITH places AS (
    SELECT
        orders.id,
        iif(coalesce(shipping_country_code, shipping_country) IS NOT NULL, 'shipping',
            iif(coalesce(billing_country_code, billing_country) IS NOT NULL, 'billing',
                iif(coalesce(customers.country_code, customers.country) IS NOT NULL, 'customer', 'none'))) AS source,
        customers.country_code, customers.country, customers.province_code, customers.province, customers.city
    FROM touched_orders
    CROSS JOIN orders ON orders.id = touched_orders.id
    LEFT JOIN customers ON customers.id = orders.customer_id
),
chosen AS MATERIALIZED (
    SELECT
        orders.id,
        source,
        CASE source WHEN 'shipping' THEN shipping_country_code WHEN 'billing' THEN billing_country_code
            WHEN 'customer' THEN places.country_code END AS country_code,
        CASE source WHEN 'shipping' THEN shipping_country WHEN 'billing' THEN billing_country
            WHEN 'customer' THEN places.country END AS country,
        CASE source WHEN 'shipping' THEN shipping_province_code WHEN 'billing' THEN billing_province_code
            WHEN 'customer' THEN places.province_code END AS province_code,
        CASE source WHEN 'shipping' THEN shipping_province WHEN 'billing' THEN billing_province
            WHEN 'customer' THEN places.province END AS province,
        trim(CASE source WHEN 'shipping' THEN shipping_city WHEN 'billing' THEN billing_city
            WHEN 'customer' THEN places.city END) AS city
    FROM places
    CROSS JOIN orders ON orders.id = places.id
)
UPDATE orders
SET
    geo_source = chosen.source,
    geo_country_code = chosen.country_code,
    geo_country = chosen.country,
    geo_province_code = chosen.province_code,
    geo_province = chosen.province,
    geo_city = chosen.city
FROM chosen
WHERE orders.id IN (SELECT id FROM touched_orders)
  AND orders.id = chosen.id
  AND (geo_source, geo_country_code, geo_country, geo_province_code, geo_province, geo_city)
      IS NOT (chosen.source, chosen.country_code, chosen.country, chosen.province_code, chosen.province, chosen.city)
