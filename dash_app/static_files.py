"""Scripts and styles: compressed once, kept by browsers for a year, under an address with their hash.

Only what is the same for everybody is compressed. Pages and callbacks carry secrets beside text of a
stranger's choice, and their compressed length would give the secrets away (BREACH).
"""

import contextlib
import hashlib
from pathlib import Path

from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request
from flask.wrappers import Request
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

FOLDER = Path(__file__).parent / "assets"
PLOTLY = "plotly/plotly-cartesian.min.js"
# the index loads them before anything is drawn, and a page with a chart the last one
LOADED_BY_THE_INDEX = r"early.*[.]js|plotly-cartesian[.]min[.]js"

SAME_FOR_EVERYBODY = ("/assets/", "/_dash-component-suites/")
DEPENDENCIES = "/_dash-dependencies"
ONE_YEAR = "public, max-age=31536000, immutable"
BROTLI_QUALITY, GZIP_LEVEL = 9, 9  # half a second for the largest file, once per process


def assets_path() -> str:
    """Where the assets are served: another address whenever one of them has changed."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return f"assets/{digest.hexdigest()[:16]}"


def init_app(server: Flask) -> None:
    """Compress and cache the answers that are the same for everybody."""
    server.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=BROTLI_QUALITY,
        COMPRESS_LEVEL=GZIP_LEVEL,
        COMPRESS_CACHE_BACKEND=DictCache,
        COMPRESS_CACHE_KEY=_file,
    )
    compress = Compress(server)
    server.extensions["agelens_compressed"] = compress.cache

    @server.after_request
    def send(response: Response) -> Response:
        if request.path == DEPENDENCIES or request.path.startswith(SAME_FOR_EVERYBODY):
            _make_lasting(response)
            return compress.after_request(response)
        return response


def _make_lasting(response: Response) -> None:
    """A file with its hash in its address never changes; one that has none is asked for again."""
    if response.status_code != 200:
        return
    _, has_fingerprint = check_fingerprint(request.path)
    if has_fingerprint or request.path.startswith("/assets/"):
        response.headers["Cache-Control"] = ONE_YEAR
    if response.is_streamed and request.method == "GET" and "Range" not in request.headers:
        with contextlib.closing(response.response):  # type: ignore[type-var]  # an open file
            response.direct_passthrough = False
            response.set_data(response.get_data())


def _file(asked: Request) -> str:
    """The file behind an address: whatever fingerprint somebody makes up, it is kept once."""
    path, _ = check_fingerprint(asked.path)
    return str(path)
