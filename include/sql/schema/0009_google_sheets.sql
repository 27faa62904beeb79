-- What each tab of Google Sheets holds, so that only what differs is written.

CREATE TABLE sheet_tabs (
    tab TEXT PRIMARY KEY, -- its title, such as Orders
    spreadsheet_id TEXT NOT NULL,
    sheet_id INTEGER NOT NULL, -- the gid in the tab's address
    push_id TEXT NOT NULL, -- the push that wrote it last, as the hidden tab _sync has it
    layout TEXT NOT NULL, -- JSON: names and kinds of its columns
    version TEXT NOT NULL, -- of what it was made from
    rows INTEGER NOT NULL, -- without the header
    checked_at TEXT NOT NULL, -- when it was read back last
    checked_row INTEGER NOT NULL -- up to where all its cells were compared then
);

CREATE TABLE sheet_rows (
    tab TEXT NOT NULL,
    key INTEGER NOT NULL,
    row INTEGER NOT NULL, -- in the tab; 2 is the first one below the header
    digest BLOB NOT NULL, -- of what it shows
    PRIMARY KEY (tab, key)
) WITHOUT ROWID;

-- Pushes whose outcome is not known yet: what sheet_tabs and sheet_rows become if they happened.

CREATE TABLE sheet_pushes (
    tab TEXT PRIMARY KEY,
    mode TEXT NOT NULL, -- delta, swap, copy, copy again, in place
    spreadsheet_id TEXT NOT NULL,
    sheet_id INTEGER NOT NULL,
    push_id TEXT NOT NULL,
    layout TEXT NOT NULL,
    version TEXT NOT NULL,
    rows INTEGER NOT NULL
);

CREATE TABLE sheet_changes (
    tab TEXT NOT NULL,
    key INTEGER NOT NULL,
    row INTEGER, -- null: the row is gone
    digest BLOB,
    PRIMARY KEY (tab, key)
) WITHOUT ROWID;
