"""One connection to the service: address, token, retries, and problems turned into errors."""

import os
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from agelens.client.errors import (
    ApiError,
    ClientError,
    NotFound,
    RateLimited,
    Unavailable,
    Unreachable,
    problem_of,
)

DEFAULT_URL = "http://127.0.0.1:8000"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 8.0
RESTART_SECONDS = 10.0  # how long a service may be gone; longer, and the address is wrong
TRANSIENT = (RateLimited, Unavailable, Unreachable)


class Connection:
    """What every resource of a client shares."""

    def __init__(
        self,
        base_url: str | None,
        token: str | None,
        *,
        transport: httpx.BaseTransport | None,
        timeout_seconds: float,
        patience_seconds: float,
    ) -> None:
        self.base_url = _origin(base_url or os.environ.get("AGELENS_URL") or DEFAULT_URL)
        given = os.environ.get("AGELENS_TOKEN") if token is None else token
        self.token = given or None  # "" is nobody, whatever the environment says
        self.timeout_seconds = timeout_seconds
        self.patience_seconds = patience_seconds
        self._shares_transport = transport is not None
        self._http = httpx.Client(
            base_url=self.base_url,
            transport=transport,
            timeout=timeout_seconds,
            headers={"Accept": "application/json"},
        )

    def close(self) -> None:
        """Let the sockets go; a transport that was given may serve others, so it stays open."""
        if not self._shares_transport:
            self._http.close()

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, seconds_more: float = 0.0
    ) -> Any:
        """Read something; `seconds_more` is how long the service was asked to wait."""
        timeout = self.timeout_seconds + seconds_more
        return self._send("GET", path, params=_given(params or {}), timeout=timeout)

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None
    ) -> Any:
        """Create something, or pay. However often it is sent, it happens once: its key says so."""
        return self.post_content(path, key=key, **({} if body is None else {"json": body}))

    def post_content(self, path: str, *, key: str | None = None, **content: Any) -> Any:
        """`post` for a body that is not JSON."""
        own = content.pop("headers", {})
        headers = {**own, "Idempotency-Key": key or uuid.uuid4().hex}
        return self._send("POST", path, headers=headers, **content)

    def post_once_more(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A POST that neither creates nor pays, so that repeating it needs no key."""
        return self._send("POST", path, **({} if body is None else {"json": body}))

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something; repeating it changes nothing more."""
        return self._send("PATCH", path, json=body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Set something; repeating it changes nothing more."""
        return self._send("PUT", path, json=body)

    def download(self, path: str) -> bytes:
        """Read something that is not JSON."""
        content: bytes = self._respond("GET", path).content
        return content

    def delete(self, path: str) -> None:
        """Take something away."""
        self._send("DELETE", path)

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Every item of a list, fetching the next page when it is needed."""
        cursor = None
        while True:
            page = self.get(path, {**(params or {}), "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _send(self, method: str, path: str, **request: Any) -> Any:
        response = self._respond(method, path, **request)
        return self._read(response) if response is not None and response.content else None

    def _read(self, response: httpx.Response) -> Any:
        """What the service said; whatever else answers there, such as a proxy's page, is not it."""
        try:
            return response.json()
        except ValueError as error:
            kind = response.headers.get("Content-Type") or "something unnamed"
            raise Unreachable(
                f"No AgeLens service answers at {self.base_url}: the answer is {kind}, not JSON"
            ) from error

    def _respond(self, method: str, path: str, **request: Any) -> Any:
        for attempt in Retrying(
            retry=retry_if_exception_type(TRANSIENT),
            wait=_pause_seconds,
            stop=self._patience_ends,
            reraise=True,
        ):
            with attempt:
                try:
                    return self._send_once(method, path, **request)
                except NotFound:
                    # An earlier attempt whose answer was lost has taken it away already.
                    if method != "DELETE" or attempt.retry_state.attempt_number == 1:
                        raise
        return None

    def _patience_ends(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        patience = self.patience_seconds
        if isinstance(error, Unreachable):
            patience = min(patience, RESTART_SECONDS)
        elapsed: float = state.seconds_since_start or 0.0
        return elapsed + state.upcoming_sleep >= patience

    def _send_once(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = dict(request.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            response = self._http.request(method, path, headers=headers, **request)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ClientError(f"{self.base_url} is not an address: {error}") from error
        except httpx.RequestError as error:
            raise Unreachable(
                f"{self.base_url} does not answer: {error or type(error).__name__}"
            ) from error
        if not response.is_success:
            raise problem_of(response)
        return response


def _pause_seconds(state: RetryCallState) -> float:
    """As long as the service asks for, else longer each time."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ApiError) and error.retry_after_seconds is not None:
        return error.retry_after_seconds
    pause: float = FIRST_PAUSE_SECONDS * 2.0 ** (state.attempt_number - 1)
    return min(pause, LONGEST_PAUSE_SECONDS)


def _origin(url: str) -> str:
    """`agelens up` prints the address with /api at its end; both are understood."""
    return url.rstrip("/").removesuffix("/api").rstrip("/")


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
