-- Which part of the store the reports are to show: one row, a dimension (country, channel, country_channel) and its
-- member, and which country and which channel that means (null: any).
CREATE TEMP TABLE chosen (dimension TEXT, member TEXT, country TEXT, channel TEXT)
