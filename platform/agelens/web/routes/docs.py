"""/docs: the API's reference, with assets from this host only."""

from importlib.resources import files

from flask import Blueprint, Response, redirect, render_template, send_from_directory
from werkzeug.wrappers import Response as WerkzeugResponse

blueprint = Blueprint("docs", __name__, template_folder="../templates")
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")
START = """window.onload = function () {
  SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", deepLinking: true,
    persistAuthorization: true, validatorUrl: null, displayRequestDuration: true });
};
"""


@blueprint.get("/docs")
def show() -> str:
    """The reference page."""
    return render_template("docs.html", stylesheet=ASSETS[0], script=ASSETS[1])


@blueprint.get("/docs/start.js")
def start() -> Response:
    """What shows the reference; a file of its own, since no inline script may run."""
    return Response(START, content_type="text/javascript")


@blueprint.get("/docs/assets/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
def asset(name: str) -> Response:
    """A file of Swagger UI, as its package ships it."""
    folder = str(files("swagger_ui") / "static")
    return send_from_directory(folder, name, max_age=86_400)


@blueprint.get("/")
def root() -> WerkzeugResponse:
    """The API has no page of its own."""
    return redirect("/docs")
