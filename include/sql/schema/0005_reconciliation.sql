-- What is compared with the store's own counts after every sync: live rows by creation, without reading the rows.

CREATE INDEX products_by_creation ON products (created_at, deleted_at);
CREATE INDEX customers_by_creation ON customers (created_at, deleted_at);
CREATE INDEX orders_by_creation ON orders (created_at, deleted_at);
