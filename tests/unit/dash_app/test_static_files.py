"""Scripts and styles on the wire: small, lasting, and pages left as they are."""

import gzip
import re
from pathlib import Path

import brotli
import plotly.offline
import pytest
from flask.testing import FlaskClient
from unit.dash_app.web_app import api, app_with

from dash_app import static_files

CSS = "agelens.css"


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    return app_with(api()).test_client()


@pytest.fixture(scope="module")
def scripts(browser: FlaskClient) -> list[str]:
    """The scripts that the first page names."""
    return re.findall(r'<script src="([^"]+)"', browser.get("/").text)


def test_a_file_comes_compressed_as_the_browser_likes_it(browser: FlaskClient) -> None:
    written = (static_files.FOLDER / CSS).read_bytes()
    place = f"/{static_files.assets_path()}/{CSS}"
    for accepted, encoding, unpack in (
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ):
        answer = browser.get(place, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert unpack(answer.data) == written
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_changed_file_has_another_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    (tmp_path / "a.css").write_text("a { color: red }")
    before = static_files.assets_path()
    assert before == static_files.assets_path()
    (tmp_path / "a.css").write_text("a { color: blue }")
    assert static_files.assets_path() != before


def test_every_script_of_a_page_is_compressed_and_kept(
    browser: FlaskClient, scripts: list[str]
) -> None:
    assert len(scripts) > 10
    for script in scripts:
        answer = browser.get(script, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200, script
        assert "immutable" in answer.headers["Cache-Control"], script
        if len(brotli.decompress(answer.data) if _packed(answer) else answer.data) > 500:
            assert _packed(answer), script


def _packed(answer: object) -> bool:
    return getattr(answer, "headers", {}).get("Content-Encoding") == "br"


def test_made_up_fingerprints_keep_nothing_more(browser: FlaskClient, scripts: list[str]) -> None:
    renderer = next(script for script in scripts if "dash_renderer" in script)
    cache: dict[str, bytes] = browser.application.extensions["agelens_compressed"].data
    browser.get(renderer, headers={"Accept-Encoding": "br"})
    kept = set(cache)
    for made_up in range(3):
        other = re.sub(r"m\d+[.]", f"m{made_up}.", renderer)
        assert browser.get(other, headers={"Accept-Encoding": "br"}).status_code == 200
    assert set(cache) == kept


def test_a_file_that_is_known_is_not_sent_again(browser: FlaskClient) -> None:
    place = f"/{static_files.assets_path()}/{CSS}"
    first = browser.get(place, headers={"Accept-Encoding": "br"})
    again = browser.get(
        place, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_pages_are_not_compressed(browser: FlaskClient) -> None:
    for place in ("/", "/_dash-layout"):
        answer = browser.get(place, headers={"Accept-Encoding": "br, gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_what_is_not_there_is_not_kept(browser: FlaskClient) -> None:
    answer = browser.get(f"/{static_files.assets_path()}/nothing.css")
    assert answer.status_code == 404
    assert "max-age" not in answer.headers.get("Cache-Control", "")


def test_the_charts_library_is_the_one_that_makes_the_figures() -> None:
    """The bundle has fewer kinds of charts than plotly's own, of the same version."""
    bundle = static_files.FOLDER / static_files.PLOTLY
    head = bundle.read_text(encoding="utf-8")[:200]
    assert f"plotly.js (cartesian - minified) v{plotly.offline.get_plotlyjs_version()}" in head
    assert (bundle.parent / "LICENSE.txt").read_text().startswith("MIT License")
