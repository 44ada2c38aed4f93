"""A request that changes something: one transaction, one answer, however often it is sent."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, current_app, g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.services import model_registry, submissions
from agelens.storage import Task
from agelens.web.extensions import db, queue
from agelens.web.idempotency import claim_key, document_key, keep_answer, kept_answer, record_key

P = ParamSpec("P")


def autocommit(session: Session) -> Session:
    """Have each statement be a transaction of its own, until the next commit, if none has begun yet.

    It spares what only reads the round trips of BEGIN and ROLLBACK.
    """
    if not session.in_transaction():
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    return session


def committed(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Commit what the view did, and keep no answer: a login must not outlive its logout."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = current_app.make_response(view(*args, **kwargs))
        queue().commit(db.session())
        return response

    return run


def transaction(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Commit what the view did, then enqueue its jobs; with an Idempotency-Key, keep the answer.

    The key's row is inserted first: a concurrent duplicate waits on its unique index until the
    first one ends, and then finds the answer, or a free place if the first one failed. It waits as
    long as the database waits for a lock; of an upload, as long as taking one in may last.
    """

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = record_key()
        if key is not None:
            earlier = claim_key(key)
            if earlier is not None:
                db.session.rollback()
                return earlier
        response = current_app.make_response(view(*args, **kwargs))
        if key is not None:
            keep_answer(key, response)
        queue().commit(db.session())
        return response

    document_key(run)
    return run


def in_one_statement(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """A `transaction` that submits one task, which is tried in a single statement first.

    The view is asked for a prepared task (`is_tried_first`), and again, as by `transaction`, where
    that did not do: only then is it known why.
    """
    step_by_step = transaction(view)

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        g.tried_first = True
        try:
            response = current_app.make_response(view(*args, **kwargs))
            answer = kept_answer(response)
            session = autocommit(db.session())
            is_kept = submissions.keep(
                session, g.submitted, is_default=g.submitted_to is None, kept_answer=answer
            )
            session.commit()
            if is_kept:
                queue().enqueue_drain()
                return response
        except AgeLensError:
            db.session.commit()  # nothing was changed; the person stays loaded
        g.tried_first = False
        model_registry.forget_cached_version(g.get("submitted_to"))
        return step_by_step(*args, **kwargs)

    document_key(run)
    return run


def is_tried_first(model: str | None) -> bool:
    """Whether the view is to prepare a task for `submit_prepared`, rather than to submit one.

    `model` is what was asked for.
    """
    g.submitted_to = model
    return bool(g.get("tried_first"))


def submit_prepared(task: Task) -> Task:
    """Have the decorator keep this task, once its answer is known."""
    g.submitted = task
    return task
