"""Idempotency-Key: the first answer to a request is kept, and given again to the same request."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from typing import cast

import orjson
from cryptography.fernet import Fernet, InvalidToken
from flask import Response, g, request
from flask_login import current_user
from psycopg.errors import LockNotAvailable
from sqlalchemy import Table, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from agelens.domain.errors import Conflict, InvalidInput, Unauthenticated, Unavailable
from agelens.services import submissions
from agelens.storage import IdempotencyRecord, User
from agelens.web.extensions import db, settings
from agelens.web.fingerprints import fingerprint
from agelens.web.openapi import add_to_openapi

KEPT_HEADERS = ("Content-Type", "Location", "Retry-After")
LONGEST_KEY = 200
UPLOADS_WAIT = "10min"  # for the first one with their key
_WAIT = text(
    "select set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true)"
)
_WAIT_NO_LONGER = text("set local lock_timeout to default; set local statement_timeout to default")
_RECORDS = cast(Table, IdempotencyRecord.__table__)
_CLAIM = insert(_RECORDS).on_conflict_do_nothing(index_elements=["key"]).returning(_RECORDS.c.id)
_KEEP = update(_RECORDS).where(_RECORDS.c.key == bindparam("kept_key"))


def record_key() -> str | None:
    """One key space per person; a stranger's (registering) is told apart by what they send."""
    client_key = request.headers.get("Idempotency-Key")
    if client_key is None:
        return None
    if not 1 <= len(client_key) <= LONGEST_KEY:
        message = f"must have between 1 and {LONGEST_KEY} characters"
        raise InvalidInput.at("Idempotency-Key", message)
    person = _person() or f"nobody:{fingerprint()}"
    return hashlib.sha256(f"{person}\0{client_key}".encode()).hexdigest()


def claim_key(key: str) -> Response | None:
    request_fingerprint = fingerprint()
    row = {"id": uuid.uuid4(), "key": key, "user_id": _person(), "fingerprint": request_fingerprint}
    connection = db.session.connection()
    try:
        if "upload" in g:
            connection.execute(_WAIT, {"lock": UPLOADS_WAIT, "statement": "0"})
        claimed = connection.execute(_CLAIM, row).one_or_none()
        if "upload" in g:
            connection.execute(_WAIT_NO_LONGER)
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise Unavailable("The first request with this Idempotency-Key is under way.") from error
    if claimed is not None:
        _check_not_erased()
        return None
    record = db.session.scalars(select(IdempotencyRecord).where(IdempotencyRecord.key == key)).one()
    if record.fingerprint != request_fingerprint:
        raise Conflict("This Idempotency-Key was used for another request.")
    return _answer_again(record.answer or b"")


def keep_answer(key: str, response: Response) -> None:
    """Only successes are kept: after a refusal the same request may be tried again."""
    if response.status_code >= 300:
        db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.key == key))
        return
    owner = _person() or g.get("idempotency_owner")
    values = {"kept_key": key, "answer": _answer_to_keep(response), "user_id": owner}
    db.session.connection().execute(_KEEP, values)


def kept_answer(response: Response) -> submissions.KeptAnswer | None:
    key = record_key()
    if key is None:
        return None
    return submissions.KeptAnswer(key, fingerprint(), _answer_to_keep(response))


def owned_by(user_id: uuid.UUID) -> None:
    """Whom this request is about, when nobody is logged in: what is kept of it vanishes with them."""
    g.idempotency_owner = user_id


def kept_without(*members: str) -> None:
    """Keep the answer to this request with null in these members: secrets are shown once."""
    g.idempotency_secrets = members


def document_key(view: Callable[..., object]) -> None:
    header = {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        "description": "The same key with the same body gives the first 2xx answer again",
    }
    add_to_openapi(
        view, parameters=[header], responses={"409": "CONFLICT", "422": "UNPROCESSABLE_ENTITY"}
    )


def _person() -> uuid.UUID | None:
    return current_user.id if current_user.is_authenticated else None


def _answer_to_keep(response: Response) -> bytes:
    answer = {
        "status": response.status_code,
        "headers": {
            name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
        },
        "body": _body_to_keep(response),
    }
    return _cipher().encrypt(orjson.dumps(answer))


def _body_to_keep(response: Response) -> str:
    if members := g.get("idempotency_secrets", ()):
        document = orjson.loads(response.get_data())
        return orjson.dumps(document | dict.fromkeys(members)).decode()
    return response.get_data(as_text=True)


def _check_not_erased() -> None:
    """A claim waits for an erasure under way; what it would keep had nobody to vanish with."""
    person = _person()
    erased = select(User.erased_at).where(User.id == person)
    if person is not None and db.session.connection().scalar(erased) is not None:
        raise Unauthenticated


def _answer_again(answer: bytes) -> Response:
    try:
        stored = orjson.loads(_cipher().decrypt(answer))
    except InvalidToken as error:  # kept under an earlier AGELENS_SECRET_KEY
        raise Conflict("This Idempotency-Key was used; its answer is not readable now.") from error
    headers = {**stored["headers"], "Idempotent-Replayed": "true"}
    return Response(stored["body"], stored["status"], headers)


def _cipher() -> Fernet:
    secret = (settings().secret_key or "").encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"idempotency\0" + secret).digest()))
