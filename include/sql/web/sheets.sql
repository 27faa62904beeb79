-- What each tab of Google Sheets holds, and whether the outcome of a push to it is not known yet.
SELECT tab, rows, checked_at, tab IN (SELECT tab FROM sheet_pushes) AS is_pending, spreadsheet_id, sheet_id
FROM sheet_tabs
ORDER BY tab
