-- Tasks of the DAG shopify_maintenance that failed for good, and have not succeeded since.

CREATE TABLE maintenance_failures (
    task_id TEXT PRIMARY KEY,
    failed_at TEXT NOT NULL,
    reason TEXT NOT NULL -- one line without personal data
);
