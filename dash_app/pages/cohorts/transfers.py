"""Stream uploads and downloads between the browser and the API."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import PurePath
from urllib.parse import quote, urlencode
from uuid import UUID

from agelens.charts import count
from agelens.client import (
    ApiError,
    ClientError,
    Conflict,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from agelens.client.uploads import FORMAT_BY_EXTENSION
from agelens.languages import N_, _
from agelens.settings import WebSettings
from flask import Flask, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from dash_app import api_client, file_slots, problems, sessions
from dash_app.file_slots import BUSY, BusyError

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STALE = N_("This page was open for too long. Reload it and try again.")
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
LONGEST_NAME = 200
PIECE_BYTES = 64 * 1024


def init_app(server: Flask) -> None:
    """Add the addresses."""
    csrf: CSRFProtect = server.extensions["csrf"]
    csrf.exempt(upload)  # it asks for the token itself: afterwards the limit would be that of pages
    for path, view, method in (
        ("/cohorts/upload", upload, "POST"),
        ("/cohorts/template", template, "GET"),
        ("/cohorts/<uuid:cohort_id>/results", results, "GET"),
    ):
        server.add_url_rule(path, f"cohorts_{view.__name__}", view, methods=[method])


def settings_of(server: Flask) -> WebSettings:
    """What the operator has set."""
    settings: WebSettings = server.extensions["agelens_settings"]
    return settings


def upload() -> ResponseReturnValue:
    """Keep the body as a draft; its name and clock are in the address. Where to go on is in `place`."""
    limit = settings_of(current_app).max_cohort_bytes
    request.max_content_length = request.environ["agelens.max_body_bytes"] = limit
    if sessions.person() is None:
        return {"login": True}, 401
    if (request.content_length or 0) > limit:
        return _too_large(limit)
    if (
        request.mimetype in FORMS
    ):  # the token would be looked for in them, and so all of them be read
        return {"message": _("Send the file itself, not a form.")}, 415
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return {"message": _(STALE)}, 400
    name = PurePath(request.args.get("name", "").replace("\\", "/")).name
    kind = FORMAT_BY_EXTENSION.get(PurePath(name).suffix.lower())
    if kind is None:
        message = _("Choose a file that ends in {endings}.", endings=", ".join(FORMAT_BY_EXTENSION))
        return {"message": message}, 415
    header_row = request.args.get("header_row", "")
    if header_row and not header_row.isdecimal():
        return {"message": _("Give the header row as a number, counted from 1.")}, 422
    return _send_to_api(name[-LONGEST_NAME:], kind, limit)


def _send_to_api(name: str, kind: str, limit: int) -> ResponseReturnValue:
    request.environ["wsgi.input"].read(0)  # what the server has not received, it receives now
    try:
        with file_slots.slot(), api_client.client() as client:
            cohort = client.cohorts.submit_stream(
                _pieces(),
                kind,
                length=request.content_length,
                model=request.args.get("model") or None,
                name=name,
                sheet=request.args.get("sheet") or None,
                header_row=request.args.get("header_row", type=int),
            )
    except RequestEntityTooLarge:  # of a body that did not say its length
        return _too_large(limit)
    except Unauthenticated:
        return {"login": True}, 401
    except (ClientError, BusyError) as error:
        layout = {"layout": True} if _is_about_sheets(error) else {}
        return {"message": _error_text(error), **layout}, _status(error)
    return {"place": f"/cohorts/{cohort.id}"}, 201


def _is_about_sheets(error: Exception) -> bool:
    """Whether the sheet or the header row has to be said, which the form has a place for."""
    return isinstance(error, InvalidInput) and any(
        each.pointer in ("/sheet", "/header_row") or "sheet" in each.message
        for each in error.problems
    )


def _too_large(limit: int) -> ResponseReturnValue:
    return {
        "message": _("The file is larger than the limit of {limit} bytes.", limit=count(limit))
    }, 413


def _pieces() -> Iterator[bytes]:
    """The body, which is never shorter than announced."""
    bytes_left = request.content_length
    while bytes_left != 0:
        piece = request.stream.read(PIECE_BYTES)
        if not piece:
            break
        bytes_left = None if bytes_left is None else bytes_left - len(piece)
        yield piece
    if bytes_left:
        raise ClientDisconnected


def template() -> BaseResponse:
    """The API's template for a clock, as a file."""
    columns, model = request.args.get("columns", "agelens"), request.args.get("model")
    try:
        with api_client.client() as client:
            text = client.cohorts.template(model, columns)
    except Unauthenticated:
        return _to_login("/cohorts")
    except ClientError as error:
        return _error_response(error)
    return _file(text, "csv", f"{model or 'agelens'}-template-{columns}")


def results(cohort_id: UUID) -> BaseResponse:
    """The results in the format that is asked for, as they come from the API."""
    page_address, kind = f"/cohorts/{cohort_id}", request.args.get("format", "csv")
    contributions = request.args.get("contributions", "true") == "true"
    if sessions.person() is None:
        return _to_login(page_address)
    if kind not in TYPES:
        return redirect(page_address, 303)
    with ExitStack() as undo:
        try:
            undo.enter_context(file_slots.slot())
            cohort = undo.enter_context(api_client.client()).cohorts[str(cohort_id)]
            pieces = undo.enter_context(cohort.stream(kind, contributions))
        except Unauthenticated:
            return _to_login(page_address)
        except (NotFound, Conflict):  # the page says what it is instead
            return redirect(page_address, 303)
        except (ClientError, BusyError) as error:
            return _error_response(error)
        open_resources = undo.pop_all()
    response = _file(pieces, kind, f"{PurePath(cohort.name).stem}-results")
    response.call_on_close(open_resources.close)
    return response


def _file(content: str | Iterable[bytes], kind: str, stem: str) -> Response:
    """Under the name that people gave it, whatever its letters; plain ones for old programs."""
    name = re.sub(r"[^\w-]+", "-", stem).strip("-") or "cohort"
    ascii_name = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "cohort"
    file_names = {"filename": f"{ascii_name}.{kind}", "filename*": f"UTF-8''{quote(name)}.{kind}"}
    response = Response(content, content_type=TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", **file_names)
    return response


def _to_login(page_address: str) -> BaseResponse:
    sessions.end()
    return redirect("/login?" + urlencode({"next": page_address}), 303)


def _error_text(error: Exception) -> str:
    return _(BUSY) if isinstance(error, BusyError) else problems.error_message(error)


def _status(error: Exception) -> int:
    return error.status if isinstance(error, ApiError) else 503


def _error_response(error: Exception) -> Response:
    return Response(_error_text(error) + "\n", _status(error), mimetype="text/plain")
