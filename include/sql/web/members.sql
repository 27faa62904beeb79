-- What a filter can be set to: the members of :dimension (country, channel), at most :most, those with most orders first.
-- An empty member: unknown. name: of a country, as addresses have it.
SELECT
    member,
    iif(:dimension = 'country', (SELECT max(geo_country) FROM orders WHERE geo_country_code = member), member) AS name,
    orders
FROM member_sales
WHERE dimension = :dimension
ORDER BY orders DESC, member
LIMIT :most
