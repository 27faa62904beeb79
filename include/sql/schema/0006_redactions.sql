-- Orders whose personal data was blanked on request, and the buyer that each had then: without its e-mail nothing
-- else tells whose a guest's order is.

CREATE TABLE redacted_orders (
    order_id INTEGER PRIMARY KEY,
    buyer_id INTEGER
);
