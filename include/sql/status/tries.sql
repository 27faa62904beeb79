-- The tries of a run that are worth a word: the longest, and those that did not succeed, in their order.
SELECT task_id, try_number, state, reason, seconds, place = 1 AS is_longest
FROM (
    SELECT
        *,
        row_number() OVER (ORDER BY seconds DESC, started_at, task_id) AS place
    FROM (
        SELECT
            *,
            round((julianday(coalesce(finished_at, :now)) - julianday(started_at)) * 86400) AS seconds
        FROM task_attempts
        WHERE run_id = :run_id AND task_id <> 'report_run'
    )
)
WHERE place = 1 OR state IN ('failed', 'up_for_retry', 'killed')
ORDER BY started_at, task_id, try_number
