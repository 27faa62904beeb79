-- Which rows of the tables that Google Sheets shows were written since they were compared last, so that a push costs
-- what has changed. A tab's rows come from one table and its orders' deleted_at; the triggers are all alike.

CREATE TABLE sheet_followed (
    tab TEXT PRIMARY KEY -- of which touched rows are noted
);

CREATE TABLE sheet_touched (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- larger than that of every row touched before
    tab TEXT NOT NULL,
    key INTEGER NOT NULL,
    UNIQUE (tab, key)
);

-- What was touched so far is not known: the next push compares everything.
UPDATE sheet_tabs SET version = '';

CREATE TRIGGER touch_products_by_insert AFTER INSERT ON products
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Products')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Products' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Products', NEW.id);
END;

CREATE TRIGGER touch_products_by_update AFTER UPDATE ON products
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Products')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Products' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Products', NEW.id);
END;

CREATE TRIGGER touch_products_by_delete AFTER DELETE ON products
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Products')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Products' AND key = OLD.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Products', OLD.id);
END;

CREATE TRIGGER touch_product_variants_by_insert AFTER INSERT ON product_variants
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Variants')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Variants' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Variants', NEW.id);
END;

CREATE TRIGGER touch_product_variants_by_update AFTER UPDATE ON product_variants
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Variants')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Variants' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Variants', NEW.id);
END;

CREATE TRIGGER touch_product_variants_by_delete AFTER DELETE ON product_variants
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Variants')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Variants' AND key = OLD.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Variants', OLD.id);
END;

CREATE TRIGGER touch_customers_by_insert AFTER INSERT ON customers
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Customers')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Customers' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Customers', NEW.id);
END;

CREATE TRIGGER touch_customers_by_update AFTER UPDATE ON customers
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Customers')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Customers' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Customers', NEW.id);
END;

CREATE TRIGGER touch_customers_by_delete AFTER DELETE ON customers
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Customers')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Customers' AND key = OLD.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Customers', OLD.id);
END;

CREATE TRIGGER touch_orders_by_insert AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Orders')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Orders' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Orders', NEW.id);
END;

CREATE TRIGGER touch_orders_by_update AFTER UPDATE ON orders
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Orders')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Orders' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Orders', NEW.id);
END;

CREATE TRIGGER touch_orders_by_delete AFTER DELETE ON orders
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'Orders')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'Orders' AND key = OLD.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('Orders', OLD.id);
END;

CREATE TRIGGER touch_line_items_by_insert AFTER INSERT ON line_items
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'LineItems')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'LineItems' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('LineItems', NEW.id);
END;

CREATE TRIGGER touch_line_items_by_update AFTER UPDATE ON line_items
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'LineItems')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'LineItems' AND key = NEW.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('LineItems', NEW.id);
END;

CREATE TRIGGER touch_line_items_by_delete AFTER DELETE ON line_items
WHEN EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'LineItems')
BEGIN
    DELETE FROM sheet_touched WHERE tab = 'LineItems' AND key = OLD.id;
    INSERT INTO sheet_touched (tab, key) VALUES ('LineItems', OLD.id);
END;

CREATE TRIGGER touch_lines_of_deleted_orders AFTER UPDATE OF deleted_at ON orders
WHEN OLD.deleted_at IS NOT NEW.deleted_at AND EXISTS (SELECT 1 FROM sheet_followed WHERE tab = 'LineItems')
BEGIN
    DELETE FROM sheet_touched
    WHERE tab = 'LineItems' AND key IN (SELECT id FROM line_items WHERE order_id = NEW.id);
    INSERT INTO sheet_touched (tab, key) SELECT 'LineItems', id FROM line_items WHERE order_id = NEW.id;
END;
