"""How the OpenAPI document tells what POST /api/assessments/import takes."""

from agelens.tables.formats.supported import BY_NAME
from agelens.web.request_bodies import MULTIPART
from agelens.web.uploads import FILE_FIELD

FHIR_TYPES = ("application/json", "application/fhir+json", "application/x-ndjson")
TEXT_TYPES = ("text/plain", "text/csv", "text/tab-separated-values")
WORKBOOK_TYPES = BY_NAME["excel"].media_types
TYPES = (*FHIR_TYPES, *TEXT_TYPES, *WORKBOOK_TYPES)
_TEXT = {"type": "string"}
_LINES = "Collected 2024-03-01\nAlbumin 4.2 g/dL (3.5-5.0)\nCRP <0.5 mg/L\n"
_CSV = "name,value,unit\nAlbumin,4.2,g/dL\nCRP,1.1,mg/L\n"
_RESOURCE = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": _TEXT},
    "additionalProperties": True,
}
_OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1751-7"}]},
    "effectiveDateTime": "2024-03-01",
    "valueQuantity": {"value": 4.2, "system": "http://unitsofmeasure.org", "code": "g/dL"},
}
_FHIR = {
    "schema": {"anyOf": [_RESOURCE, {"type": "array", "items": _RESOURCE, "minItems": 1}]},
    "example": {"resourceType": "Bundle", "entry": [{"resource": _OBSERVATION}]},
}
BODIES: dict[str, object] = {
    "required": True,
    "content": {
        "application/json": _FHIR,
        "application/fhir+json": _FHIR,
        "application/x-ndjson": {"schema": _TEXT},
        "text/plain": {"schema": _TEXT, "example": _LINES},
        "text/csv": {"schema": _TEXT, "example": _CSV},
        "text/tab-separated-values": {"schema": _TEXT},
        **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in WORKBOOK_TYPES},
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": [FILE_FIELD],
                "properties": {FILE_FIELD: {"type": "string", "format": "binary"}},
                "additionalProperties": False,
            }
        },
    },
}
