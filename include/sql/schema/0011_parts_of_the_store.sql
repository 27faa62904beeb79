-- What countries and channels, alone and together, have as the whole store has it; and the buyers of any range of
-- days, without reading its orders. Aggregates as in 0004_aggregates.sql: the next load makes them.

DROP TABLE period_buyers;

-- Distinct buyers of a day, a week (its Monday) or a month (its first day), by the dates of their orders; of the
-- dimensions store, country, channel and country_channel.
CREATE TABLE period_buyers (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    period TEXT NOT NULL, -- day, week, month
    start TEXT NOT NULL,
    buyers INTEGER NOT NULL,
    new_buyers INTEGER NOT NULL, -- whose first order in the store it was; all others are returning
    PRIMARY KEY (dimension, member, period, start)
) WITHOUT ROWID;

-- What comes to the buyers of any days: the sum of the rows with first day <= since and date <= last day.
-- An order counts at since = its own date, and is taken off at since = the date of the buyer's order before it:
-- a sum that holds both orders counts the buyer once. Months (since = YYYY-MM) hold the sums of their days.
-- Undated orders: ''. The dimensions of period_buyers.
CREATE TABLE range_buyers (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    period TEXT NOT NULL, -- day, month: of since
    since TEXT NOT NULL,
    date TEXT NOT NULL,
    buyers INTEGER NOT NULL,
    new_buyers INTEGER NOT NULL, -- whose first order in the store it was
    repeat_buyers INTEGER NOT NULL, -- of two orders or more within the days
    returning_buyers INTEGER NOT NULL, -- of two orders or more by now, in the whole store
    PRIMARY KEY (dimension, member, period, since, date)
) WITHOUT ROWID;

-- Orders of a day that are open, or of which something is still to be paid. The dimensions of period_buyers.
CREATE TABLE unsettled_orders (
    dimension TEXT NOT NULL,
    member TEXT NOT NULL,
    date TEXT NOT NULL,
    open_orders INTEGER NOT NULL, -- neither archived nor cancelled
    outstanding_orders INTEGER NOT NULL,
    outstanding INTEGER NOT NULL, -- without what is owed to customers
    PRIMARY KEY (dimension, member, date)
) WITHOUT ROWID;

-- Reports read aggregates where they read these.
DROP INDEX orders_open;
DROP INDEX orders_outstanding;
DROP INDEX orders_of_country;
DROP INDEX orders_of_channel;
DROP INDEX orders_by_date;

CREATE INDEX orders_by_day ON orders (order_date, geo_country_code, channel);
