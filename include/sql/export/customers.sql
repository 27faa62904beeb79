SELECT
    id AS customer_id,
    email,
    first_name,
    last_name,
    phone,
    account_state,
    tags,
    currency,
    city,
    province,
    province_code,
    country,
    country_code,
    zip,
    created_at,
    updated_at,
    deleted_at
FROM customers
WHERE deleted_at IS NULL
ORDER BY id
