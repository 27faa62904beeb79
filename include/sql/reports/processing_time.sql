-- How long orders wait until something is sent, by members of :dimension, such as regions. One row a member, at most
-- :top_n: those with the most orders; dates are those of the orders.
--   member: as in breakdown.sql; of a region its country's and its own code, divided by |; name: as addresses have it;
--   country: its name, of countries and regions
--   processed_orders: fulfilled and not cancelled; average_processing_days: of these, from order to first fulfilment
-- Parameters: :dimension, :start, :end (null: open), :top_n.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/orders/fulfillments
WITH waited AS (
    SELECT
        member,
        sum(orders) AS orders,
        sum(processed_orders) AS processed_orders,
        sum(processing_seconds) AS processing_seconds
    FROM daily_sales
    WHERE dimension = :dimension AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
    GROUP BY member
    HAVING sum(orders) > 0
    ORDER BY sum(orders) DESC, member
    LIMIT :top_n
)
SELECT
    nullif(member, '') AS member,
    CASE :dimension
        WHEN 'country' THEN (SELECT max(geo_country) FROM orders WHERE geo_country_code = member)
        WHEN 'region' THEN (
            SELECT max(geo_province)
            FROM orders
            WHERE geo_country_code = substr(member, 1, instr(member, '|') - 1)
              AND geo_province_code = substr(member, instr(member, '|') + 1)
        )
        ELSE nullif(member, '')
    END AS name,
    CASE
        WHEN :dimension IN ('country', 'region') THEN (
            SELECT max(geo_country)
            FROM orders
            WHERE geo_country_code = substr(member, 1, instr(member || '|', '|') - 1)
        )
    END AS country,
    waited.orders,
    processed_orders,
    round(processing_seconds / nullif(864.0 * processed_orders, 0)) / 100 AS average_processing_days
FROM waited
ORDER BY waited.orders DESC, member
