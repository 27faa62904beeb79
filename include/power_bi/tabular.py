"""The model as the Tabular Object Model's own tree of objects, from which TMDL and the template are written.

Names are those of https://learn.microsoft.com/analysis-services/tmsl/database-object-tmsl
"""

from __future__ import annotations

import json
from typing import Any

from power_bi.identity import guid
from power_bi.model import MEASURES, Column, Measure, Model, Relationship, Table
from power_bi.power_query import CULTURE, Source, table_query

Node = dict[str, Any]

DATA_TYPES = {"text": "string", "whole": "int64", "money": "decimal", "date": "dateTime", "time": "dateTime"}
COLUMN_FORMATS = {"whole": "0", "money": "#,##0.00", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:nn"}
MEASURE_FORMATS = {
    "money": "#,##0.00",
    "whole": "#,##0",
    "decimal": "#,##0.00",
    "percent": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "date": "yyyy-mm-dd",
}
# The form of linguistic metadata that every version of Desktop since 2021 reads.
LINGUISTIC_VERSION = "2.0.0"
AUTHORED = "2026-01-01T00:00:00Z"


def database(model: Model, source: Source) -> Node:
    """The database object that holds the model, whose tables are read from ``source``."""
    tables = [_measures_table(model.measures), *(_table(table) for table in model.tables)]
    return {
        "name": guid("database"),
        "compatibilityLevel": 1601,
        "model": {
            "culture": CULTURE,
            "dataAccessOptions": {"legacyRedirects": True, "returnErrorValuesAsNull": True},
            "defaultPowerBIDataSourceVersion": "powerBI_V3",
            "discourageImplicitMeasures": True,
            "sourceQueryCulture": CULTURE,
            "tables": tables,
            "relationships": [_relationship(relationship) for relationship in model.relationships],
            "cultures": [_culture(model)],
            "expressions": _expressions(source),
            "annotations": _annotations(
                __PBI_TimeIntelligenceEnabled="0",
                PBI_QueryOrder=json.dumps(["LoadTable", *(table["name"] for table in tables)]),
            ),
        },
    }


def _table(table: Table) -> Node:
    node: Node = {
        "name": table.name,
        "description": table.description,
        "lineageTag": guid("table", table.name),
        "columns": [_column(table, column) for column in table.columns],
        "partitions": [_partition(table.name, table_query(table))],
    }
    if table.hidden:
        node["isHidden"] = True
    if table.calendar:
        node["dataCategory"] = "Time"
    if table.hierarchies:
        node["hierarchies"] = [
            {
                "name": hierarchy.name,
                "lineageTag": guid("hierarchy", table.name, hierarchy.name),
                "levels": [
                    {
                        "name": level,
                        "ordinal": ordinal,
                        "column": level,
                        "lineageTag": guid("level", table.name, hierarchy.name, level),
                    }
                    for ordinal, level in enumerate(hierarchy.levels)
                ],
            }
            for hierarchy in table.hierarchies
        ]
    return node


def _column(table: Table, column: Column) -> Node:
    node: Node = {
        "name": column.name,
        "description": column.description,
        "dataType": DATA_TYPES[column.type],
        "sourceColumn": column.name,
        "lineageTag": guid("column", table.name, column.name),
        "summarizeBy": "none",
    }
    optional = {
        "isHidden": column.hidden,
        "isKey": column.name == table.key,
        "formatString": COLUMN_FORMATS.get(column.type),
        "displayFolder": column.folder,
        "dataCategory": column.category,
        "sortByColumn": column.sort_by,
    }
    node |= {name: value for name, value in optional.items() if value}
    notes = {"SummarizationSetBy": "User"}
    if column.type == "date":
        notes["UnderlyingDateTimeDataType"] = "Date"
    return node | {"annotations": _annotations(**notes)}


def _measures_table(measures: tuple[Measure, ...]) -> Node:
    return {
        "name": MEASURES,
        "description": "Every measure; the table itself is empty.",
        "lineageTag": guid("table", MEASURES),
        "columns": [
            {
                "name": "Nothing",
                "description": "Holds nothing: a table needs a column.",
                "dataType": "string",
                "sourceColumn": "Nothing",
                "lineageTag": guid("column", MEASURES, "Nothing"),
                "summarizeBy": "none",
                "isHidden": True,
                "annotations": _annotations(SummarizationSetBy="User"),
            }
        ],
        "partitions": [_partition(MEASURES, "#table(type table [Nothing = text], {})")],
        "measures": [_measure(measure) for measure in measures],
    }


def _measure(measure: Measure) -> Node:
    proof = f"Equals {measure.report} in SQL." if measure.report else measure.no_report
    return {
        "name": measure.name,
        "description": f"{measure.description}\n{proof}",
        "expression": measure.dax,
        "formatString": MEASURE_FORMATS[measure.format],
        "displayFolder": measure.folder,
        "lineageTag": guid("measure", measure.name),
        "annotations": _annotations(SqlReport=measure.report or "none"),
    }


def _partition(table: str, query: str) -> Node:
    return {"name": table, "mode": "import", "source": {"type": "m", "expression": query}}


def _relationship(relationship: Relationship) -> Node:
    ends = (
        relationship.from_table,
        relationship.from_column,
        relationship.to_table,
        relationship.to_column,
    )
    node: Node = {
        "name": guid("relationship", *ends),
        "fromTable": ends[0],
        "fromColumn": ends[1],
        "toTable": ends[2],
        "toColumn": ends[3],
    }
    return node if relationship.active else node | {"isActive": False}


def _expressions(source: Source) -> list[Node]:
    parameters = [
        _expression(
            parameter.name, parameter.expression, parameter.description, PBI_ResultType=parameter.type
        )
        for parameter in source.parameters
    ]
    about = "The named columns of a table, unconverted; what is empty is null."
    return [*parameters, _expression("LoadTable", source.load_table, about, PBI_ResultType="Function")]


def _expression(name: str, expression: str, description: str, **notes: str) -> Node:
    return {
        "name": name,
        "description": description,
        "kind": "m",
        "expression": expression,
        "lineageTag": guid("expression", name),
        "annotations": _annotations(PBI_NavigationStepName="Navigation", **notes),
    }


def _culture(model: Model) -> Node:
    """The words by which people may ask for a table's column or for a measure."""
    asked = [
        (table.name, column.name, column.synonyms)
        for table in model.tables
        for column in table.columns
        if column.synonyms
    ]
    asked += [(MEASURES, measure.name, measure.synonyms) for measure in model.measures if measure.synonyms]
    entities = {
        f"{table}.{name}".lower().replace(" ", "_"): {
            "Definition": {"Binding": {"ConceptualEntity": table, "ConceptualProperty": name}},
            "State": "Generated",
            "Terms": [
                {name.lower(): {"State": "Generated"}},
                *({word: {"LastModified": AUTHORED}} for word in synonyms),
            ],
        }
        for table, name, synonyms in asked
    }
    content = {"Version": LINGUISTIC_VERSION, "Language": CULTURE, "Entities": entities}
    return {
        "name": CULTURE,
        "linguisticMetadata": {"content": content, "contentType": "json"},
    }


def _annotations(**notes: str) -> list[Node]:
    return [{"name": name, "value": value} for name, value in notes.items()]
