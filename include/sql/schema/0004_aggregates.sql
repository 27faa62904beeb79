-- Sums that reports read instead of every order. Each is the SELECT of the same name in include/sql/aggregates,
-- kept up to date by subtracting and adding the orders that a load touches. Money: minor units. Dates: the shop's.

-- dimension and member: 'store' and '' for all, else what an order or a line belongs to (docs/metrics.md).
CREATE TABLE daily_sales (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    date TEXT NOT NULL,
    orders INTEGER NOT NULL,
    cancelled_orders INTEGER NOT NULL,
    returned_orders INTEGER NOT NULL, -- that were refunded or returned ever after, by the order's date
    units INTEGER NOT NULL,
    returned_units INTEGER NOT NULL, -- by the refund's date, as are all reversals
    gross_sales INTEGER NOT NULL,
    discounts INTEGER NOT NULL, -- positive
    returns INTEGER NOT NULL, -- positive, discrepancies included
    shipping INTEGER NOT NULL, -- net of what was refunded, as are taxes, duties, fees, gift_cards
    taxes INTEGER NOT NULL,
    duties INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    gift_cards INTEGER NOT NULL,
    tips INTEGER NOT NULL,
    outstanding INTEGER NOT NULL,
    processed_orders INTEGER NOT NULL, -- fulfilled and not cancelled
    processing_seconds INTEGER NOT NULL,
    PRIMARY KEY (dimension, member, date)
) WITHOUT ROWID;

-- Distinct buyers of a member of a dimension, all time.
CREATE TABLE member_buyers (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    buyers INTEGER NOT NULL,
    PRIMARY KEY (dimension, member)
) WITHOUT ROWID;

-- The sales of all time of each member in daily_sales, and of the members of 'product', a key as text.
CREATE TABLE member_sales (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    orders INTEGER NOT NULL,
    units INTEGER NOT NULL,
    returned_units INTEGER NOT NULL,
    gross_sales INTEGER NOT NULL,
    discounts INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    charges INTEGER NOT NULL, -- shipping, taxes, duties and fees
    PRIMARY KEY (dimension, member)
) WITHOUT ROWID;

-- Distinct buyers of a day, a week (its Monday) or a month (its first day), by the dates of their orders.
CREATE TABLE period_buyers (
    period TEXT NOT NULL, -- day, week, month
    start TEXT NOT NULL,
    buyers INTEGER NOT NULL,
    new_buyers INTEGER NOT NULL, -- whose first order it was; all others are returning
    PRIMARY KEY (period, start)
) WITHOUT ROWID;

-- What the buyers whose first order was in one month did in each month since.
CREATE TABLE cohort_activity (
    cohort_month TEXT NOT NULL,
    month TEXT NOT NULL,
    buyers INTEGER NOT NULL, -- that ordered in the month
    orders INTEGER NOT NULL,
    net_sales INTEGER NOT NULL,
    PRIMARY KEY (cohort_month, month)
) WITHOUT ROWID;

-- Buyers alike in when they ordered last, how often, and how much they spent.
CREATE TABLE buyer_groups (
    last_order_date TEXT NOT NULL,
    orders INTEGER NOT NULL,
    spend_band INTEGER NOT NULL, -- lower bound of net sales in minor units: 0, 1, 2 or 5 times a power of ten
    buyers INTEGER NOT NULL,
    net_sales INTEGER NOT NULL,
    PRIMARY KEY (last_order_date, orders, spend_band)
) WITHOUT ROWID;

-- Whole days between an order and the same buyer's next.
CREATE TABLE order_gaps (
    days INTEGER PRIMARY KEY,
    gaps INTEGER NOT NULL
);

-- Sales of each variant by month; reversals in their own month.
CREATE TABLE product_sales (
    product_key INTEGER NOT NULL,
    variant_key INTEGER NOT NULL,
    month TEXT NOT NULL, -- YYYY-MM
    units INTEGER NOT NULL,
    returned_units INTEGER NOT NULL,
    gross_sales INTEGER NOT NULL,
    discounts INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    PRIMARY KEY (product_key, variant_key, month)
) WITHOUT ROWID;

CREATE INDEX product_sales_by_month ON product_sales (month, gross_sales, discounts, returns);

-- Orders that hold a product, and orders that hold two of them; orders of more than 25 products are left out
-- of the pairs.
CREATE TABLE product_orders (
    product_key INTEGER NOT NULL,
    other_key INTEGER NOT NULL, -- 0: the product alone
    orders INTEGER NOT NULL,
    PRIMARY KEY (product_key, other_key)
) WITHOUT ROWID;

CREATE INDEX product_pairs ON product_orders (orders DESC) WHERE other_key > 0;

-- Orders whose ledger does not come to Shopify's own total.
CREATE TABLE ledger_differences (
    order_id INTEGER PRIMARY KEY,
    difference_minor INTEGER NOT NULL, -- ledger less current_total_price
    cause TEXT NOT NULL -- discrepancy, edit, rounding, tip, unknown
);
