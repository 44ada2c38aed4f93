"""As in docker-compose.yml: nginx with TLS, the web app behind it, the API behind both."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from agelens.commands.stack import Stack, throw_away_stack
from agelens.settings import Settings
from agelens.web.rate_limits import CREDENTIALS
from proxies import Proxy, need_nginx, running
from servers import short_home

pytestmark = pytest.mark.slow

ATTEMPTS = int(CREDENTIALS.split()[0])
ONE, OTHER = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    need_nginx()
    places = {"env": "production", "secret_key": "of this test", "trusted_proxies": 1}
    with throw_away_stack(Settings(), workers=0, **places) as stack:
        stack.start_web()
        yield stack


@pytest.fixture(scope="module")
def proxy(stack: Stack) -> Iterator[Proxy]:
    ports = {"api_port": stack.settings.api_port, "web_port": stack.settings.web_port}
    with short_home() as folder:
        folder.chmod(0o755)  # started by root, nginx works as another user
        with running(folder, **ports) as started:
            yield started


class Browser:
    """A person at one address, with cookies."""

    def __init__(self, proxy: Proxy, address: str) -> None:
        self._proxy, self._address = proxy, address
        self.cookies = SimpleCookie[str]()

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        body = urlencode(form).encode() if form is not None else None
        status, answer, content = self._proxy.get(
            path,
            method="GET" if form is None else "POST",
            headers={
                "Cookie": cookies,
                "Content-Type": "application/x-www-form-urlencoded",
                **headers,
            },
            body=body,
            source=self._address,
        )
        self.cookies.load(answer.get("set-cookie", ""))
        return status, answer, content

    def log_in(self, **headers: str) -> tuple[int, dict[str, str], bytes]:
        form = {"email": "nobody@example.org", "password": "wrong, all of them"}
        token = self.cookies["_csrf_token"].value
        return self.ask("/forms/login", form=form | {"csrf_token": token}, **headers)


def test_pages_come_over_tls_with_cookies_for_tls_alone(proxy: Proxy) -> None:
    status, headers, body = Browser(proxy, ONE).ask("/")
    assert status == 200
    assert b"/_dash-component-suites/" in body
    assert headers["strict-transport-security"]
    assert "; Secure" in headers["set-cookie"]
    assert headers["cache-control"] == "no-store"


def test_the_scripts_of_the_web_app_come_compressed_and_are_kept(proxy: Proxy) -> None:
    page = Browser(proxy, ONE).ask("/")[2].decode()
    scripts = re.findall(r'src="(/_dash-component-suites/[^"]+)"', page)
    assert scripts
    for script in scripts:
        _, headers, _ = proxy.get(script, headers={"Accept-Encoding": "gzip"})
        assert headers["content-encoding"] == "gzip", script
        assert "max-age" in headers["cache-control"], script


def asked_without_the_web_app(proxy: Proxy, address: str) -> int:
    """What the API answers to one more attempt from an address."""
    login = {"username": "nobody@example.org", "password": "wrong, all of them"}
    return Browser(proxy, address).ask("/api/auth/login", form=login)[0]


def test_the_api_counts_attempts_to_log_in_by_the_address_of_the_browser(proxy: Proxy) -> None:
    one = Browser(proxy, ONE)
    one.ask("/login")
    for attempt in range(3 * ATTEMPTS):  # a slow machine needs more than a minute for the limit
        # what a browser says of its address changes nothing
        one.log_in(**{"X-Forwarded-For": f"203.0.113.{attempt}"})
        if attempt % 10 == 9 and asked_without_the_web_app(proxy, ONE) == 429:
            break
    else:
        pytest.fail("attempts in the web app do not count for the address they come from")
    assert asked_without_the_web_app(proxy, OTHER) == 401
