-- The store's rows as Shopify has them. Times are UTC ISO-8601 with Z, money is REAL major units of the shop's
-- currency, booleans are 0 or 1, deleted_at is null while the store has the row. No foreign key is enforced:
-- a line of a deleted product, a guest order and an order whose customer is not fetched yet are all kept.

CREATE TABLE metadata (
    key TEXT PRIMARY KEY,
    value TEXT,
    updated_at TEXT NOT NULL
);

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    title TEXT,
    handle TEXT,
    vendor TEXT,
    product_type TEXT,
    status TEXT,
    tags TEXT,
    created_at TEXT,
    updated_at TEXT NOT NULL,
    published_at TEXT,
    deleted_at TEXT
);

CREATE TABLE product_variants (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL,
    title TEXT,
    sku TEXT,
    barcode TEXT,
    price REAL,
    compare_at_price REAL,
    position INTEGER,
    inventory_item_id INTEGER,
    inventory_quantity INTEGER,
    grams INTEGER,
    created_at TEXT,
    updated_at TEXT,
    deleted_at TEXT
);

CREATE INDEX product_variants_by_product ON product_variants (product_id);

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    phone TEXT,
    account_state TEXT,
    tags TEXT,
    currency TEXT,
    city TEXT,
    province TEXT,
    province_code TEXT,
    country TEXT,
    country_code TEXT,
    zip TEXT,
    created_at TEXT,
    updated_at TEXT NOT NULL,
    deleted_at TEXT
);

CREATE INDEX customers_by_email ON customers (lower(trim(email)));

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    name TEXT,
    order_number INTEGER,
    customer_id INTEGER,
    email TEXT,
    created_at TEXT,
    processed_at TEXT,
    updated_at TEXT NOT NULL,
    closed_at TEXT,
    cancelled_at TEXT,
    cancel_reason TEXT,
    order_date TEXT,
    ordered_at_local TEXT,
    order_hour INTEGER,
    order_weekday INTEGER,
    financial_status TEXT,
    fulfillment_status TEXT,
    currency TEXT,
    presentment_currency TEXT,
    taxes_included INTEGER NOT NULL,
    is_test INTEGER NOT NULL,
    source_name TEXT,
    total_line_items_price REAL,
    total_discounts REAL,
    subtotal_price REAL,
    shipping_price REAL,
    shipping_discount REAL,
    total_shipping REAL,
    shipping_tax REAL,
    total_tax REAL,
    total_tip REAL,
    total_duties REAL,
    total_additional_fees REAL,
    total_price REAL,
    current_subtotal_price REAL,
    current_total_discounts REAL,
    current_total_tax REAL,
    current_total_duties REAL,
    current_total_additional_fees REAL,
    current_total_price REAL,
    total_outstanding REAL,
    first_fulfilled_at TEXT,
    fulfilled_date TEXT,
    cancelled_date TEXT,
    processing_hours REAL,
    shipping_city TEXT,
    shipping_province TEXT,
    shipping_province_code TEXT,
    shipping_country TEXT,
    shipping_country_code TEXT,
    shipping_zip TEXT,
    billing_city TEXT,
    billing_province TEXT,
    billing_province_code TEXT,
    billing_country TEXT,
    billing_country_code TEXT,
    billing_zip TEXT,
    discount_codes TEXT,
    tags TEXT,
    referring_site TEXT,
    landing_site TEXT,
    user_agent TEXT,
    payment_gateways TEXT,
    location_id INTEGER,
    app_id INTEGER,
    deleted_at TEXT
);

CREATE INDEX orders_by_customer ON orders (customer_id);

CREATE TABLE line_items (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    product_id INTEGER,
    variant_id INTEGER,
    position INTEGER NOT NULL,
    title TEXT,
    variant_title TEXT,
    sku TEXT,
    vendor TEXT,
    quantity INTEGER NOT NULL,
    current_quantity INTEGER,
    price REAL NOT NULL,
    discount_allocated REAL NOT NULL,
    total_tax REAL NOT NULL,
    gift_card INTEGER NOT NULL,
    is_tip INTEGER NOT NULL,
    fulfillment_status TEXT
);

CREATE INDEX line_items_by_order ON line_items (order_id);
CREATE INDEX line_items_by_product ON line_items (product_id);

CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    created_at TEXT,
    processed_at TEXT,
    refund_date TEXT,
    note TEXT,
    shipping_refunded REAL NOT NULL,
    discrepancy REAL NOT NULL
);

CREATE INDEX refunds_by_order ON refunds (order_id);

CREATE TABLE refund_line_items (
    id INTEGER PRIMARY KEY,
    refund_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    line_item_id INTEGER,
    quantity INTEGER NOT NULL,
    subtotal REAL NOT NULL,
    total_tax REAL NOT NULL,
    restock_type TEXT
);

CREATE INDEX refund_line_items_by_order ON refund_line_items (order_id);
CREATE INDEX refund_line_items_by_line_item ON refund_line_items (line_item_id);
