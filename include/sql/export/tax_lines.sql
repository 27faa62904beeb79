SELECT
    tax_lines.order_id,
    tax_lines.line_kind,
    tax_lines.line_id,
    tax_lines.position,
    tax_lines.title,
    tax_lines.rate,
    tax_lines.price
FROM tax_lines
JOIN orders ON orders.id = tax_lines.order_id
WHERE orders.deleted_at IS NULL
ORDER BY tax_lines.order_id, tax_lines.line_kind, tax_lines.line_id, tax_lines.position
