-- The latest runs, the newest first, at most :most. rows, warnings, failed_tasks: JSON.
SELECT run_id, status, full_sync, started_at, finished_at, rows, warnings, failed_tasks
FROM sync_runs
ORDER BY rowid DESC
LIMIT :most
