"""Power BI: one readable specification (``specification/``), of which all files are made."""
