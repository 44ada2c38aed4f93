"""OpenAPI operations and shapes as Markdown."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
Json = Mapping[str, Any]


def operations_of(document: Json, tag: str) -> list[tuple[str, str]]:
    """Method and path of every operation with the tag, in the order of the document."""
    return [
        (method, path)
        for path, item in document["paths"].items()
        for method in METHODS
        if tag in item.get(method, {}).get("tags", ())
    ]


def operation_section(document: Json, method: str, path: str) -> str:
    """One operation: what it does, what it takes, what it answers."""
    item = document["paths"][path]
    operation = item[method]
    lines = [f"## `{method.upper()} {path}`", "", operation["summary"], ""]
    if operation.get("description"):
        lines += [operation["description"], ""]
    lines += ["Needs a bearer token." if operation.get("security") else "Open to everybody.", ""]
    lines += _parameters([*item.get("parameters", ()), *operation.get("parameters", ())])
    lines += _request(operation.get("requestBody"))
    lines += _responses(document, operation["responses"])
    return "\n".join(lines)


def shape_section(name: str, schema: Json) -> str:
    """One named shape: its fields, or its type where it has none."""
    lines = [f"(shape-{name})=", f"## {name}", ""]
    if schema.get("description"):
        lines += [_cell(schema["description"]), ""]
    return "\n".join([*lines, *_fields(schema)])


def type_words(schema: Json) -> str:
    """A schema in a few words, with a link where it is a named shape."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#shape-{name})"
    if "enum" in schema:
        return " \\| ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(type_words(each) for each in schema[several])
    kinds = schema.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_kind_words(kind, schema) for kind in kinds)


def _kind_words(kind: str, schema: Json) -> str:
    if kind == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, Mapping) and values:  # a schema may be true or false
        return f"object of {type_words(values)}"
    return f"{kind} ({schema['format']})" if kind == "string" and "format" in schema else kind


LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "default": "default `{}`",
}


def _limits(schema: Json) -> str:
    given = ((words, schema[name]) for name, words in LIMITS.items() if name in schema)
    return ", ".join(words.format(json.dumps(limit)) for words, limit in given)


def _parameters(parameters: list[Json]) -> list[str]:
    if not parameters:
        return []
    rows = [
        (
            f"`{parameter['name']}`",
            parameter["in"] + (", required" if parameter.get("required") else ""),
            type_words(parameter["schema"]),
            _joined(parameter.get("description", ""), _limits(parameter["schema"])),
        )
        for parameter in parameters
    ]
    return ["**Parameters**", "", *_table(("name", "in", "type", "meaning"), rows)]


def _request(body: Json | None) -> list[str]:
    if body is None:
        return []
    lines = ["**Body**" + ("" if body.get("required") else ", optional"), ""]
    for kind, content in body["content"].items():
        lines += [f"`{kind}`: {type_words(content.get('schema', {}))}", ""]
        lines += _fields(content.get("schema", {})) if "properties" in content["schema"] else []
        if kind == JSON and "example" in content:
            lines += [
                "```json",
                json.dumps(content["example"], indent=2, ensure_ascii=False),
                "```",
                "",
            ]
    return lines


def _responses(document: Json, responses: Json) -> list[str]:
    rows = []
    for code in sorted(responses):
        response = responses[code]
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
        rows.append((_code_words(code), response["description"], _content_words(response)))
    return ["**Answers**", "", *_table(("status", "meaning", "body"), rows)]


def _code_words(code: str) -> str:
    return f"{code} {HTTPStatus(int(code)).phrase}" if code.isdigit() else "any other"


def _content_words(response: Json) -> str:
    content = response.get("content", {})
    return ", ".join(
        f"{type_words(each.get('schema', {}))}" + ("" if kind == JSON else f" (`{kind}`)")
        for kind, each in content.items()
    )


def _fields(schema: Json) -> list[str]:
    rows = list(_field_rows(schema))
    if rows:
        return _table(("field", "type", "meaning"), rows)
    return [f"Type: {type_words(schema)}.", ""]


def _field_rows(schema: Json) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        must = ", required" if name in required else ""
        meaning = _joined(field.get("description", ""), _limits(field))
        yield f"`{name}`", type_words(field) + must, meaning


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return [*lines, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\|", "|").replace("|", "\\|")


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)
