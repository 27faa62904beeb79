-- What the dashboards look for: an order by its number; the orders of one country, and of one channel.

CREATE INDEX orders_by_number ON orders (order_number);

CREATE INDEX orders_of_country ON orders (geo_country_code, order_date, buyer_id, order_seq);

CREATE INDEX orders_of_channel ON orders (channel, order_date, buyer_id, order_seq);
