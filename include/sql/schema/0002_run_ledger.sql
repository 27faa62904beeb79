-- What each DAG run and each task try did. rows, windows, warnings, result: JSON without personal data.

CREATE TABLE sync_runs (
    run_id TEXT PRIMARY KEY,
    full_sync INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    status TEXT NOT NULL, -- running, success, failed, interrupted
    rows TEXT,
    windows TEXT,
    warnings TEXT,
    log_file TEXT
);

CREATE TABLE task_attempts (
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    try_number INTEGER NOT NULL,
    state TEXT NOT NULL, -- running, success, skipped, failed, up_for_retry, killed
    started_at TEXT NOT NULL,
    finished_at TEXT,
    reason TEXT,
    result TEXT,
    warnings TEXT,
    api_calls INTEGER NOT NULL DEFAULT 0,
    api_refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, task_id, try_number)
);

CREATE TABLE rejected_records (
    entity TEXT NOT NULL,
    record_id INTEGER, -- null when the record came without a usable id
    reason TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_id TEXT NOT NULL,
    rejected_at TEXT NOT NULL,
    UNIQUE (entity, record_id)
);
