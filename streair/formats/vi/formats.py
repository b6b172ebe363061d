"""Dates and numbers as people write them in Vietnam."""

DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = "H:i d/m/Y"
YEAR_MONTH_FORMAT = r"\t\h\á\n\g n, Y"
# Django's has the separator, but not where it goes.
NUMBER_GROUPING = 3
