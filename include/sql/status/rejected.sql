-- Records that could not be read and wait, by what is wrong with them, the most frequent first.
SELECT entity, reason, count(*) AS records
FROM rejected_records
GROUP BY entity, reason
ORDER BY records DESC, entity, reason
LIMIT :most
