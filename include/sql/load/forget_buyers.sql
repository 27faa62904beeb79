-- Buyers of the touched orders who have no counted order any more.
DELETE FROM buyers
WHERE id IN (SELECT id FROM touched_buyers)
  AND NOT EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.buyer_id = buyers.id AND orders.deleted_at IS NULL AND orders.is_test = 0
  )
