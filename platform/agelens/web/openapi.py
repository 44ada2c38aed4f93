"""The OpenAPI 3.1 document, whose errors are problems."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask

from agelens import __version__
from agelens.web.schemas.base import ProblemSchema
from agelens.web.shapes import components, property_of

OPTIONS = {
    "API_TITLE": "AgeLens",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
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


def make_api(app: Flask) -> Api:
    """The API of an app; register blueprints on it."""
    app.config.update(OPTIONS)
    api = Api(app)
    api.ma_plugin.converter.add_attribute_function(property_of)
    for name, schema in components().items():
        api.spec.components.schema(name, schema)
    return api
