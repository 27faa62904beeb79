SELECT
    id AS customer_id,
    iif(:personal_data, email, NULL) AS email,
    iif(:personal_data, first_name, NULL) AS first_name,
    iif(:personal_data, last_name, NULL) AS last_name,
    iif(:personal_data, phone, NULL) AS phone,
    account_state,
    iif(:personal_data, tags, NULL) AS tags,
    currency,
    city,
    province,
    province_code,
    country,
    country_code,
    iif(:personal_data, zip, NULL) AS zip,
    created_at,
    updated_at,
    deleted_at
FROM customers
WHERE deleted_at IS NULL
ORDER BY id
