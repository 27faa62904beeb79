-- Every try of the latest runs, at most :most of them, in the order they began; seconds of one that lasts: until :now.
SELECT
    run_id,
    task_id,
    try_number,
    state,
    started_at,
    round((julianday(coalesce(finished_at, :now)) - julianday(started_at)) * 86400) AS seconds,
    reason,
    api_calls,
    api_refused
FROM task_attempts
WHERE run_id IN (SELECT run_id FROM sync_runs ORDER BY rowid DESC LIMIT :most)
ORDER BY started_at, rowid
