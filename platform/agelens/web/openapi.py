"""The OpenAPI 3.1 document, whose errors are problems."""

from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask, Response

from agelens import __version__
from agelens.web.schemas.base import ProblemSchema
from agelens.web.wire_fields import components, property_of

DOCUMENT_PATH = "/api/openapi.json"
OPENAPI_OPTIONS = {
    "API_TITLE": "AgeLens",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Biological age from health biomarkers, with every number explained."
        },
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Register, log in, and paste the access_token.",
                }
            }
        },
    },
}


class Api(flask_smorest.Api):
    """flask-smorest, leaving errors to `agelens.web.problems`."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # every status that an operation answers is named

    def _register_error_handlers(self) -> None:
        """Nothing: problems are registered on the app itself."""

    def _register_responses(self) -> None:
        """What each error looks like; flask-smorest would call all of them plain JSON."""
        for status in HTTPStatus:
            if status >= 400:
                content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
                response = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, response, lazy=True)


def add_to_openapi(view: Callable[..., object], **parts: Any) -> None:
    """Add to the documentation of a view; lists and mappings are extended."""
    doc = vars(view).get("_apidoc", {})
    manual_doc = dict(doc.get("manual_doc", {}))
    for name, part in parts.items():
        manual_doc[name] = (
            manual_doc[name] + part if isinstance(part, list) and name in manual_doc else part
        )
        if isinstance(part, dict):
            manual_doc[name] = doc.get("manual_doc", {}).get(name, {}) | part
    vars(view)["_apidoc"] = {**doc, "manual_doc": manual_doc}


def serve_document(app: Flask, blueprints: Sequence[flask_smorest.Blueprint]) -> None:
    """Answer with the document of these blueprints, which the first who asks waits for.

    Making it takes longer than making the app, and most processes are never asked.
    """
    lock = Lock()
    document_json = cache(lambda: app.json.dumps(_document(blueprints), indent=2, sort_keys=False))

    def document() -> Response:
        with lock:
            return app.response_class(document_json(), mimetype="application/json")

    app.add_url_rule(DOCUMENT_PATH, "openapi", document)


def _document(blueprints: Sequence[flask_smorest.Blueprint]) -> dict[str, Any]:
    described = Flask(
        "agelens.web"
    )  # flask-smorest documents the rules of an app; it is asked nothing
    described.config.update(OPENAPI_OPTIONS)
    api = Api(described)
    api.ma_plugin.converter.add_attribute_function(property_of)
    for name, schema in components().items():
        api.spec.components.schema(name, schema)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    document: dict[str, Any] = api.spec.to_dict()
    return document
