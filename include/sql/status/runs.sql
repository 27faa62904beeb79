-- The latest runs, the newest first: how each ended, what it loaded, and what it asked of the store.
SELECT
    run_id,
    status,
    full_sync,
    started_at,
    finished_at,
    rows,
    log_file,
    (SELECT total(api_calls) FROM task_attempts WHERE task_attempts.run_id = sync_runs.run_id) AS calls,
    (SELECT total(api_refused) FROM task_attempts WHERE task_attempts.run_id = sync_runs.run_id) AS refused
FROM sync_runs
ORDER BY started_at DESC, rowid DESC
LIMIT :most
