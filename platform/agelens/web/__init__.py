"""The HTTP API: one blueprint per resource, problem+json for every error."""

from agelens.web.app import create_app

__all__ = ["create_app"]
