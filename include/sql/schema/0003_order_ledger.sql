-- Everything an order holds that money or a report needs, and the ledger that is made of it.
-- Columns that SQL fills while loading (include/sql/load) are marked so.

ALTER TABLE orders ADD COLUMN presentment_total_price REAL; -- in presentment_currency: kept, never summed
ALTER TABLE orders ADD COLUMN processing_seconds INTEGER; -- creation to first fulfilment
ALTER TABLE orders ADD COLUMN channel TEXT;
ALTER TABLE orders ADD COLUMN traffic_source TEXT;
ALTER TABLE orders ADD COLUMN device TEXT;
ALTER TABLE orders ADD COLUMN geo_country_code TEXT; -- filled while loading, as are the four below
ALTER TABLE orders ADD COLUMN geo_country TEXT;
ALTER TABLE orders ADD COLUMN geo_province_code TEXT;
ALTER TABLE orders ADD COLUMN geo_province TEXT;
ALTER TABLE orders ADD COLUMN geo_city TEXT;
ALTER TABLE orders ADD COLUMN geo_source TEXT; -- shipping, billing, customer, none; filled while loading
ALTER TABLE orders ADD COLUMN buyer_id INTEGER; -- filled while loading
ALTER TABLE orders ADD COLUMN order_seq INTEGER; -- the buyer's first counted order is 1; filled while loading

CREATE INDEX orders_by_buyer ON orders (buyer_id);
CREATE INDEX orders_by_date ON orders (order_date, buyer_id, order_seq);
CREATE INDEX orders_by_country ON orders (geo_country_code, geo_country);
CREATE INDEX orders_by_province ON orders (geo_country_code, geo_province_code, geo_province);
CREATE INDEX orders_of_guests ON orders (lower(trim(email))) WHERE customer_id IS NULL;
CREATE INDEX orders_outstanding ON orders (order_date, total_outstanding)
    WHERE total_outstanding > 0 AND is_test = 0 AND deleted_at IS NULL;
CREATE INDEX orders_open ON orders (order_date)
    WHERE closed_at IS NULL AND cancelled_at IS NULL AND is_test = 0 AND deleted_at IS NULL;
CREATE INDEX customers_deleted ON customers (id) WHERE deleted_at IS NOT NULL;

ALTER TABLE line_items ADD COLUMN product_key INTEGER; -- the last product_id seen; filled while loading
ALTER TABLE line_items ADD COLUMN variant_key INTEGER; -- the last variant_id seen; filled while loading
ALTER TABLE line_items ADD COLUMN product_type TEXT; -- the product's when first known, '' for none; filled while loading

CREATE INDEX line_items_by_product_key ON line_items (product_key);
CREATE INDEX line_items_of_unknown_products ON line_items (product_id) WHERE product_type IS NULL;

ALTER TABLE refunds ADD COLUMN shipping_tax_refunded REAL NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN duties_refunded REAL NOT NULL DEFAULT 0;

CREATE TABLE order_adjustments (
    id INTEGER PRIMARY KEY,
    refund_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    kind TEXT,
    reason TEXT,
    amount REAL NOT NULL, -- Shopify's sign: below zero more was given back
    tax_amount REAL NOT NULL
);

CREATE INDEX order_adjustments_by_order ON order_adjustments (order_id);

CREATE TABLE shipping_lines (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    title TEXT,
    code TEXT,
    source TEXT,
    price REAL NOT NULL,
    discounted_price REAL NOT NULL,
    total_tax REAL NOT NULL,
    is_removed INTEGER NOT NULL
);

CREATE INDEX shipping_lines_by_order ON shipping_lines (order_id);

CREATE TABLE fulfillments (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    created_at TEXT,
    updated_at TEXT,
    fulfilled_date TEXT, -- of created_at, on the shop's calendar
    status TEXT,
    shipment_status TEXT,
    tracking_company TEXT,
    location_id INTEGER
);

CREATE INDEX fulfillments_by_order ON fulfillments (order_id);

CREATE TABLE order_discount_codes (
    order_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    code TEXT,
    type TEXT,
    amount REAL NOT NULL,
    PRIMARY KEY (order_id, position)
) WITHOUT ROWID;

CREATE TABLE discount_allocations (
    order_id INTEGER NOT NULL,
    line_kind TEXT NOT NULL, -- line_item, shipping_line
    line_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    amount REAL NOT NULL,
    discount_type TEXT, -- discount_code, manual, automatic, script
    discount TEXT, -- its code or title
    PRIMARY KEY (order_id, line_kind, line_id, position)
) WITHOUT ROWID;

CREATE TABLE tax_lines (
    order_id INTEGER NOT NULL,
    line_kind TEXT NOT NULL, -- line_item, shipping_line, order
    line_id INTEGER NOT NULL, -- of the order itself for its own tax lines
    position INTEGER NOT NULL,
    title TEXT,
    rate REAL,
    price REAL NOT NULL,
    PRIMARY KEY (order_id, line_kind, line_id, position)
) WITHOUT ROWID;

-- One signed row per event of a counted order (neither test nor deleted). amount_minor: the currency's smallest
-- unit; amount: the same in major units. Kinds and signs: docs/metrics.md.
CREATE TABLE sales_ledger (
    id INTEGER PRIMARY KEY, -- order_id x 10,000 + position
    order_id INTEGER NOT NULL,
    ledger_date TEXT,
    line_item_id INTEGER,
    refund_id INTEGER,
    product_key INTEGER, -- 0: a line without product; null: no line; filled while loading
    variant_key INTEGER, -- likewise
    buyer_id INTEGER, -- filled while loading
    kind TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    amount REAL NOT NULL
);

CREATE INDEX sales_ledger_by_order ON sales_ledger (order_id);
CREATE INDEX sales_ledger_by_line ON sales_ledger (line_item_id) WHERE line_item_id IS NOT NULL;

-- Everyone who has a counted order; money in minor units, all time.
CREATE TABLE buyers (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER, -- null: a guest whose e-mail no customer has
    first_order_date TEXT,
    last_order_date TEXT,
    cohort_month TEXT, -- YYYY-MM of the first order
    orders INTEGER NOT NULL,
    units INTEGER NOT NULL,
    net_sales_minor INTEGER NOT NULL,
    total_sales_minor INTEGER NOT NULL,
    net_sales REAL NOT NULL,
    total_sales REAL NOT NULL
);

CREATE INDEX buyers_by_net_sales ON buyers (net_sales_minor DESC, id);

-- Every product that is or was in the store or was ever sold; product_key 0 stands for lines without product.
CREATE TABLE product_dim (
    product_key INTEGER PRIMARY KEY,
    title TEXT,
    vendor TEXT,
    product_type TEXT,
    status TEXT,
    is_deleted INTEGER NOT NULL
);
