SELECT
    discount_allocations.order_id,
    discount_allocations.line_kind,
    discount_allocations.line_id,
    discount_allocations.position,
    discount_allocations.amount,
    discount_allocations.discount_type,
    iif(:personal_data OR discount_allocations.discount_type IS NOT 'manual', discount_allocations.discount, NULL)
        AS discount
FROM discount_allocations
JOIN orders ON orders.id = discount_allocations.order_id
WHERE orders.deleted_at IS NULL
ORDER BY discount_allocations.order_id, discount_allocations.line_kind, discount_allocations.line_id, discount_allocations.position
