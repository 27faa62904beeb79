-- Which part of the store the reports are to show: one row, a dimension (country, channel) and its member.
CREATE TEMP TABLE chosen (dimension TEXT, member TEXT)
