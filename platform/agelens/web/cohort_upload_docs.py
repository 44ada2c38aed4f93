"""How the OpenAPI document tells what POST /api/cohorts takes."""

import json

from agelens.domain.registry import DATA_SETS
from agelens.tables.formats.header_rows import MOST_HEADER_ROWS
from agelens.tables.formats.supported import FORMATS, PACKED, TEXT
from agelens.web.request_bodies import MULTIPART
from agelens.web.schemas.base import LONGEST_MODEL, MODEL
from agelens.web.schemas.cohorts import (
    ACCEPT,
    CENSORED,
    HEADER_ROW,
    MAPPING,
    SHEET,
    UNITS,
    VALUES,
)
from agelens.web.uploads import FILE_FIELD

_PERSON = {
    "patient": "A-1",
    "chronological_age": 52,
    "sex": "female",
    "albumin": 44,
    "creatinine": 66,
    "glucose": 5.3,
    "crp": 1.8,
    "hba1c": 5.4,
    "systolic_bp": 128,
    "total_cholesterol": 5.6,
    "ggt": 22,
    "lymphocytes": 31,
    "mean_cell_volume": 90,
    "red_cell_width": 13.1,
}
_ROWS = [
    _PERSON,
    {
        **_PERSON,
        "patient": "A-2",
        "chronological_age": 67,
        "sex": "male",
        "glucose": 6.4,
        "crp": None,
    },
]
COLUMNS = list(_PERSON)
_CSV = "".join(
    ",".join("" if cell is None else str(cell) for cell in cells) + "\n"
    for cells in [COLUMNS, *(row.values() for row in _ROWS)]
)
_LINES = "".join(json.dumps(row) + "\n" for row in _ROWS)
_TEXT = {"type": "string"}
_BINARY = {"type": "string", "format": "binary"}
_FOREIGN = {
    each.media_types[0]: {"schema": _BINARY}
    for each in (*FORMATS, *PACKED)
    if each.name not in TEXT
}
_NAMES = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_PLAIN: dict[str, dict[str, object]] = {
    "name": {"type": "string", "maxLength": 200, "minLength": 1},
    "model": {
        "type": "string",
        "maxLength": LONGEST_MODEL,
        "minLength": 1,
        "description": MODEL,
    },
    "columns": {"type": "string", "enum": list(DATA_SETS), "default": DATA_SETS[0]},
    "id_column": {"type": "string", "maxLength": 500, "minLength": 1},
    "draft": {"type": "boolean", "default": False},
    "censored": {"type": "string", "enum": ["limit"], "description": CENSORED},
    "accept_suggestions": {"type": "boolean", "default": False, "description": ACCEPT},
    "sheet": {"type": "string", "maxLength": 200, "minLength": 1, "description": SHEET},
    "header_row": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_HEADER_ROWS,
        "description": HEADER_ROW,
    },
}
_OPTION_SCHEMAS = {
    **_PLAIN,
    "mapping": {**_NAMES, "description": MAPPING},
    "units": {**_NAMES, "description": UNITS},
    "values": {"type": "object", "additionalProperties": _TEXTS, "description": VALUES},
}
_OPTION_SCHEMAS_AS_TEXT: dict[str, dict[str, object]] = {
    **_PLAIN,
    "mapping": {"type": "string", "description": f"JSON. {MAPPING}"},
    "units": {"type": "string", "description": f'JSON, {{"glucose": "mg/dL"}}. {UNITS}'},
    "values": {
        "type": "string",
        "description": f'JSON, {{"sex": {{"1": "male", "2": "female"}}}}. {VALUES}',
    },
}
_ROW_LIST = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
}

BODIES: dict[str, object] = {
    "required": True,
    "content": {
        "text/csv": {"schema": _TEXT, "example": _CSV},
        **_FOREIGN,
        "application/x-ndjson": {"schema": _TEXT, "example": _LINES},
        "application/json": {
            "schema": {
                "anyOf": [
                    {
                        "type": "object",
                        "required": ["rows"],
                        "properties": {**_OPTION_SCHEMAS, "rows": _ROW_LIST},
                        "additionalProperties": False,
                    },
                    _ROW_LIST,
                ]
            },
            "example": {"model": "mortality-age", "id_column": "patient", "rows": _ROWS},
        },
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": [FILE_FIELD],
                "properties": {FILE_FIELD: _BINARY, **_OPTION_SCHEMAS_AS_TEXT},
                "additionalProperties": False,
            }
        },
    },
}
OPTIONS: list[dict[str, object]] = [
    {
        "in": "query",
        "name": name,
        "schema": {key: part for key, part in schema.items() if key != "description"},
        "description": schema.get("description", "Said here where the body has no place for it"),
    }
    for name, schema in _OPTION_SCHEMAS_AS_TEXT.items()
]
WHERE_AND_WHEN = {
    "Location": {"description": "The cohort", "schema": _TEXT},
    "Retry-After": {"description": "Seconds", "schema": _TEXT},
}
