-- What operators were told of: lasting incidents first, then the latest, at most :most.
SELECT kind, detail, began_at, ended_at
FROM incidents
ORDER BY ended_at IS NOT NULL, began_at DESC, id DESC
LIMIT :most
