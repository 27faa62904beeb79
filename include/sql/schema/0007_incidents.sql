-- What operators are told of: an incident a row, and its alerts by channel, one when it begins and one when it is over.

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, -- run_failed, data_age, reconciliation, rejected_records
    detail TEXT NOT NULL, -- what was found when it began, one line without personal data
    run_id TEXT NOT NULL, -- the run that found it
    began_at TEXT NOT NULL,
    ended_at TEXT, -- null while it lasts
    ended_run_id TEXT
);

CREATE UNIQUE INDEX open_incidents ON incidents (kind) WHERE ended_at IS NULL;

CREATE TABLE alerts (
    incident_id INTEGER NOT NULL,
    moment TEXT NOT NULL, -- begun, over
    channel TEXT NOT NULL, -- email, slack
    claimed_at TEXT, -- somebody is sending it since then
    sent_at TEXT,
    PRIMARY KEY (incident_id, moment, channel)
);

ALTER TABLE sync_runs ADD COLUMN failed_tasks TEXT; -- JSON: the tasks that Airflow says failed

ALTER TABLE task_attempts ADD COLUMN reason_class TEXT; -- what a failed try is counted as: reasons.py
