"""DAX for tests: the small part of the language that the measures use, as its documentation says it works.

This is not Microsoft's engine. A measure that gives the figures of the SQL reports here is right as far as we
understand the documentation; only Power BI itself can show more. What it does not know, it refuses.

``syntax`` reads an expression, ``model`` holds the tables, ``contexts`` the filters, ``values`` calculates,
and ``engine`` evaluates, with the functions of ``scalars``, ``tables``, ``filtering`` and ``dates``.
https://learn.microsoft.com/dax/dax-overview
"""

from tests.power_bi.dax import dates, filtering, scalars, tables
from tests.power_bi.dax.engine import Engine
from tests.power_bi.dax.model import Column, DataTable, Model, Relationship

__all__ = [
    "Column",
    "DataTable",
    "Engine",
    "Model",
    "Relationship",
    "dates",
    "filtering",
    "scalars",
    "tables",
]
