"""What the two kinds of processes read from the environment, and what they pass on."""

from pathlib import Path

import pytest
from agelens.settings import Settings, WebSettings, environment, forget_token
from pydantic import ValidationError


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("AGELENS_") or name in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.delenv(name)


def test_the_web_app_looks_for_the_api_where_agelens_url_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert WebSettings().api_url == "http://127.0.0.1:8000"
    monkeypatch.setenv("AGELENS_URL", "https://age.example")
    assert WebSettings().api_url == WebSettings().public_api_url == "https://age.example"


def test_people_may_be_shown_another_address_than_the_web_app_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGELENS_URL", "http://api:8000")
    monkeypatch.setenv("AGELENS_PUBLIC_URL", "https://age.example")
    settings = WebSettings()
    assert (settings.api_url, settings.public_api_url) == ("http://api:8000", "https://age.example")


def test_in_production_the_web_app_needs_its_secret_and_no_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGELENS_ENV", "production")
    with pytest.raises(ValidationError, match="AGELENS_SECRET_KEY must be set"):
        WebSettings()
    monkeypatch.setenv("AGELENS_SECRET_KEY", "s")
    assert WebSettings().env == "production"
    with pytest.raises(ValidationError, match=r"\bDATABASE_URL must be set"):
        Settings()


def test_a_web_app_beside_an_api_takes_its_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AGELENS_URL", "https://elsewhere.example")
    monkeypatch.setenv("AGELENS_WEB_PORT", "8999")
    api = Settings(home=tmp_path, secret_key="s", web_port=8123, web_threads=3, trusted_proxies=1)
    web = WebSettings.beside(api, "http://127.0.0.1:8001")
    assert (web.home, web.secret_key, web.web_port, web.web_threads, web.trusted_proxies) == (
        tmp_path,
        "s",
        8123,
        3,
        1,
    )
    assert web.api_url == web.public_api_url == "http://127.0.0.1:8001"


def test_the_web_app_is_given_its_settings_and_nothing_else_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("REDIS_URL", "redis://secret")
    monkeypatch.setenv("AGELENS_ADMIN_PASSWORD", "secret")
    monkeypatch.setenv("AGELENS_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("FSSPEC_S3_SECRET", "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    given = environment(WebSettings(home=tmp_path, api_url="http://api:8000", web_port=8123))
    assert "secret" not in "".join(given.values())
    assert given["LANG"] == "C.UTF-8"
    assert given["AGELENS_URL"] == "http://api:8000"
    assert given["AGELENS_WEB_PORT"] == "8123"
    assert given["AGELENS_HOME"] == str(tmp_path)


def test_what_is_passed_on_is_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = WebSettings(api_url="http://api:1", web_host="192.0.2.1", web_processes=2)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    assert WebSettings() == settings


def test_the_token_of_whoever_starts_the_web_app_is_not_its_visitors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from agelens.client import Client

    monkeypatch.setenv("AGELENS_TOKEN", "of-the-operator")
    forget_token()
    with Client("http://127.0.0.1:1") as client:
        assert client._connection.token is None


@pytest.mark.parametrize(
    ("url", "sender", "words"),
    [
        ("mail.example", "a@example.org", "must begin with one of smtp://"),
        ("http://mail.example", "a@example.org", "must begin with one of smtp://"),
        ("smtp://", "a@example.org", "name a host"),
        ("smtp://mail.example:port", "a@example.org", "name a host"),
        ("smtp://mail.example:70000", "a@example.org", "name a host"),
        ("smtp://[mail.example", "a@example.org", "name a host"),
        ("smtp://mail.example", "", "AGELENS_MAIL_FROM must be an address"),
        ("smtp://mail.example", "a@example.org\n", "AGELENS_MAIL_FROM must be an address"),
        ("smtp://mail.example", "AgeLens", "AGELENS_MAIL_FROM must be an address"),
    ],
)
def test_a_mail_server_is_named_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, url: str, sender: str, words: str
) -> None:
    monkeypatch.setenv("AGELENS_SMTP_URL", url)
    monkeypatch.setenv("AGELENS_MAIL_FROM", sender)
    with pytest.raises(ValidationError, match=words):
        Settings()


def test_the_password_of_the_mail_server_is_in_no_text_about_the_settings() -> None:
    url = "smtp://us:topsecret@mail.example"
    settings = Settings(smtp_url=url, mail_from="AgeLens <a@example.org>")
    assert "topsecret" not in repr(settings)
    with pytest.raises(ValidationError) as refused:
        Settings(smtp_url="smtp://us:top/secret@mail.example", mail_from="a@example.org")
    (problem,) = refused.value.errors()
    assert "top" not in problem["msg"]
    assert "%2F" in problem["msg"]


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, "http://127.0.0.1:8050"),
        ({"web_host": "::", "web_port": 81}, "http://[::1]:81"),
        ({"web_host": "::1"}, "http://[::1]:8050"),
        ({"web_url": "https://age.example/"}, "https://age.example"),
    ],
)
def test_links_lead_to_the_web_app(given: dict[str, object], origin: str) -> None:
    assert Settings(**given).web_origin == origin  # type: ignore[arg-type]
