"""One connection to the service: address, token, retries, and problems turned into errors."""

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias, TypedDict, Unpack

import httpx

from agelens import wire
from agelens.client.decoding import decode
from agelens.client.errors import ClientError, NotFound, Unauthenticated, Unreachable
from agelens.client.inputs import checked_token, origin, sendable_key
from agelens.client.problems import problem_of
from agelens.client.retries import attempts

DEFAULT_URL = "http://127.0.0.1:8000"
LOGIN_PATH = "/api/auth/login"
PASSWORD_PATH = "/api/auth/password"  # noqa: S105  a path
NOT_LOGGED_IN_HINT = (
    "This client has no token: Client(token=...) or AGELENS_TOKEN gives it one (in the web app: "
    "Account, Tokens), client.login(email, password) gets one."
)
LOGIN_REFUSED_HINT = (
    "The token of this client is not, or no longer, valid: is it expired, or revoked?"
)
File: TypeAlias = tuple[str, BinaryIO, str]  # name, content, type
Param: TypeAlias = str | int | float | bool | None
Params: TypeAlias = Mapping[str, Param]
Body: TypeAlias = Mapping[str, object]
FILE_TIMEOUT_SECONDS = 300.0  # the service reads a whole file before it answers


@dataclass(frozen=True)
class Items:
    """A page of a list, its items as they came."""

    items: list[wire.Json]
    next_cursor: str | None


class Request(TypedDict, total=False):
    """What a request may have, as httpx takes it."""

    params: Mapping[str, str | int | float | bool]
    json: Body
    content: bytes | Iterable[bytes]
    data: Mapping[str, str]
    files: Mapping[str, File]
    headers: Mapping[str, str]
    timeout: float | httpx.Timeout


def language_of_environment() -> str:
    """The language that notebooks shall speak, "" where none is named."""
    return os.environ.get("AGELENS_LANGUAGE", "").strip()


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
        self.base_url = origin(base_url or os.environ.get("AGELENS_URL") or DEFAULT_URL)
        token = os.environ.get("AGELENS_TOKEN") if token is None else token
        # "" is nobody, whatever the environment says
        self.token = checked_token(token.strip()) if token else None
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
        """Close the connections, unless they are of a transport that was given, which others may use."""
        if not self._shares_transport:
            self._http.close()

    def get(self, path: str, params: Params | None = None, *, seconds_more: float = 0.0) -> object:
        """GET JSON; `seconds_more` is how long the service was asked to wait."""
        timeout = self.timeout_seconds + seconds_more
        return self._send("GET", path, params=_without_none(params or {}), timeout=timeout)

    def post(
        self,
        path: str,
        body: Body | None = None,
        *,
        key: str | None = None,
        wait_seconds: int = 0,
    ) -> object:
        """POST with an Idempotency-Key: it happens once, however often it is retried.

        With `wait_seconds` the service is asked to answer when what it began is finished.
        """
        request = _json(body)
        if wait_seconds:
            request["headers"] = {"Prefer": f"wait={wait_seconds}"}
            request["timeout"] = self.timeout_seconds + wait_seconds
        return self.post_content(path, key=key, **request)

    def post_content(
        self,
        path: str,
        *,
        key: str | None = None,
        is_long: bool = False,
        **request: Unpack[Request],
    ) -> object:
        """`post` for a body that is not JSON."""
        sent_key = uuid.uuid4().hex if key is None else sendable_key(key)
        request["headers"] = {**request.get("headers", {}), "Idempotency-Key": sent_key}
        return self._send("POST", path, is_long=is_long, **request)

    def upload(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, File],
        *,
        key: str | None = None,
    ) -> object:
        """Send files by their fields, a piece at a time, from their start at each attempt."""
        timeout = httpx.Timeout(self.timeout_seconds, read=FILE_TIMEOUT_SECONDS)
        return self.post_content(
            path, key=key, is_long=True, data=fields, files=files, timeout=timeout
        )

    def upload_stream(
        self, path: str, params: Params, pieces: Iterable[bytes], headers: dict[str, str]
    ) -> object:
        """Send a body that can be read once, as it comes: in one attempt, whatever the patience."""
        timeout = httpx.Timeout(self.timeout_seconds, read=FILE_TIMEOUT_SECONDS)
        response = self._send_once(
            "POST",
            path,
            params=_without_none(params),
            headers=headers,
            timeout=timeout,
            content=iter(pieces),
        )
        return self._decoded_json(response)

    def post_once_more(self, path: str, body: Body | None = None) -> object:
        """A POST that neither creates nor pays, so that repeating it needs no key."""
        return self._send("POST", path, **_json(body))

    def post_once(self, path: str, body: Body) -> object:
        """A POST that must not be repeated: what it did once, it refuses the second time."""
        return self._decoded(self._send_once("POST", path, **_json(body)))

    def post_text(self, path: str, content: bytes, kind: str) -> object:
        """`post_once_more` with a body of a media type, which the service reads and does not keep."""
        timeout = httpx.Timeout(self.timeout_seconds, read=FILE_TIMEOUT_SECONDS)
        headers = {"Content-Type": kind}
        return self._send("POST", path, content=content, headers=headers, timeout=timeout)

    def patch(self, path: str, body: Body) -> object:
        """PATCH: idempotent, so it is retried without a key."""
        return self._send("PATCH", path, json=body)

    def put(self, path: str, body: Body) -> object:
        """PUT: idempotent, so it is retried without a key."""
        return self._send("PUT", path, json=body)

    def download(self, path: str, params: Params | None = None) -> bytes:
        """GET what is not JSON."""
        response = self._response_with_retries("GET", path, params=_without_none(params or {}))
        return response.content if response else b""

    def save(self, path: str, params: Params, file: BinaryIO) -> None:
        """Write what a path answers to a file, a piece at a time, from its start at each attempt."""
        for attempt in attempts(self.patience_seconds, is_long=True):
            with attempt:
                file.seek(0)
                file.truncate()
                self._save_once(path, params, file)

    def delete(self, path: str) -> None:
        """DELETE; what an earlier attempt deleted is no error."""
        self._send("DELETE", path)

    def pages(self, path: str, params: Params | None = None) -> Iterator[object]:
        """Iterate over the items of a paginated list, fetching each page when it is needed."""
        cursor = None
        while True:
            page = decode(Items, self.get(path, {**(params or {}), "cursor": cursor}))
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _send(
        self, method: str, path: str, *, is_long: bool = False, **request: Unpack[Request]
    ) -> object:
        return self._decoded(self._response_with_retries(method, path, is_long=is_long, **request))

    def _decoded(self, response: httpx.Response | None) -> object:
        return self._decoded_json(response) if response is not None and response.content else None

    def _decoded_json(self, response: httpx.Response) -> object:
        """The JSON of an answer; Unreachable when it is something else, such as the page of a proxy."""
        try:
            answer: object = response.json()
        except ValueError as error:
            kind = response.headers.get("Content-Type") or "something unnamed"
            raise Unreachable(
                f"No AgeLens service answers at {self.base_url}: the answer is {kind}, not JSON"
            ) from error
        return answer

    def _response_with_retries(
        self, method: str, path: str, *, is_long: bool = False, **request: Unpack[Request]
    ) -> httpx.Response | None:
        for attempt in attempts(self.patience_seconds, is_long=is_long):
            with attempt:
                try:
                    return self._send_once(method, path, **request)
                except NotFound:
                    # An earlier attempt whose answer was lost has taken it away already.
                    if method != "DELETE" or attempt.retry_state.attempt_number == 1:
                        raise
        return None

    def _send_once(self, method: str, path: str, **request: Unpack[Request]) -> httpx.Response:
        request["headers"] = self._authorized(request.get("headers", {}))
        with self._network_errors():
            response = self._http.request(method, path, **request)
        if not response.is_success:
            raise self._problem(response)
        return response

    def _problem(self, response: httpx.Response) -> ClientError:
        error = problem_of(response)
        if isinstance(error, Unauthenticated) and response.request.url.path not in (
            LOGIN_PATH,
            PASSWORD_PATH,
        ):
            error.add_note(LOGIN_REFUSED_HINT if self.token else NOT_LOGGED_IN_HINT)
        return error

    @contextmanager
    def streamed(self, path: str, params: Params) -> Iterator[Iterator[bytes]]:
        """Stream an answer; in one attempt, for its first pieces may be handed on already."""
        stream = self._http.stream(
            "GET",
            path,
            params=_without_none(params),
            headers=self._authorized({}),
            timeout=httpx.Timeout(self.timeout_seconds, read=FILE_TIMEOUT_SECONDS),
        )
        with self._network_errors(), stream as answer:
            if not answer.is_success:
                answer.read()
                raise self._problem(answer)
            yield answer.iter_bytes()

    def _save_once(self, path: str, params: Params, file: BinaryIO) -> None:
        with self.streamed(path, params) as pieces:
            for piece in pieces:
                file.write(piece)

    def _authorized(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}

    @contextmanager
    def _network_errors(self) -> Iterator[None]:
        try:
            yield
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ClientError(f"{self.base_url} is not an address: {error}") from error
        except httpx.RequestError as error:
            raise Unreachable(
                f"{self.base_url} does not answer: {error or type(error).__name__}"
            ) from error


class Resource:
    """A part of a service, an attribute of its client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._connection.base_url}>"


def _json(body: Body | None) -> Request:
    return {} if body is None else {"json": body}


def _without_none(params: Params) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in params.items() if value is not None}
