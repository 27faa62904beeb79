"""The figures of the SQL reports beside those of the measures, for shops of tests."""
