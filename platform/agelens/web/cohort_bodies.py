"""How the OpenAPI document tells what POST /api/cohorts takes."""

from typing import Any

from agelens.domain.registry import DATA_SETS
from agelens.web.bodies import MULTIPART
from agelens.web.schemas.cohorts import MAPPING, UNITS
from agelens.web.uploads import FILE

_CSV = "patient,chronological_age,sex,systolic_bp,glucose\nA-1,52,female,128,5.3\nA-2,67,male,141,6.4\n"
_ROWS = [
    {
        "patient": "A-1",
        "chronological_age": 52,
        "sex": "female",
        "systolic_bp": 128,
        "glucose": 5.3,
    },
    {"patient": "A-2", "chronological_age": 67, "sex": "male", "systolic_bp": 141, "glucose": None},
]
_LINES = (
    '{"patient": "A-1", "chronological_age": 52, "sex": "female", "systolic_bp": 128}\n'
    '{"patient": "A-2", "chronological_age": 67, "sex": "male", "systolic_bp": 141}\n'
)
_TEXT = {"type": "string"}
_BINARY = {"type": "string", "format": "binary"}
_NAMES = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}
_PLAIN: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 200, "minLength": 1},
    "model": {"type": "string", "maxLength": 64, "minLength": 1},
    "columns": {"type": "string", "enum": list(DATA_SETS), "default": DATA_SETS[0]},
    "id_column": {"type": "string", "maxLength": 500, "minLength": 1},
    "draft": {"type": "boolean", "default": False},
}
_SAID = {
    **_PLAIN,
    "mapping": {**_NAMES, "description": MAPPING},
    "units": {**_NAMES, "description": UNITS},
}
_SAID_AS_TEXT: dict[str, dict[str, Any]] = {
    **_PLAIN,
    "mapping": {"type": "string", "description": f"JSON. {MAPPING}"},
    "units": {"type": "string", "description": f'JSON, {{"glucose": "mg/dL"}}. {UNITS}'},
}
_ROW_LIST = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
}

BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        "text/csv": {"schema": _TEXT, "example": _CSV},
        "application/vnd.apache.parquet": {"schema": _BINARY},
        "application/x-ndjson": {"schema": _TEXT, "example": _LINES},
        "application/json": {
            "schema": {
                "anyOf": [
                    {
                        "type": "object",
                        "required": ["rows"],
                        "properties": {**_SAID, "rows": _ROW_LIST},
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
                "required": [FILE],
                "properties": {FILE: _BINARY, **_SAID_AS_TEXT},
                "additionalProperties": False,
            }
        },
    },
}
OPTIONS: list[dict[str, Any]] = [
    {
        "in": "query",
        "name": name,
        "schema": {key: part for key, part in schema.items() if key != "description"},
        "description": schema.get("description", "Said here where the body has no place for it"),
    }
    for name, schema in _SAID_AS_TEXT.items()
]
WHERE_AND_WHEN = {
    "Location": {"description": "The cohort", "schema": _TEXT},
    "Retry-After": {"description": "Seconds", "schema": _TEXT},
}
