"""What the app's parts share; each is bound to an app in `create_app`."""

from threading import BoundedSemaphore
from typing import cast

from flask import current_app, request
from flask_limiter import ApplicationLimit, Limiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy

from agelens.queueing import JobQueue
from agelens.settings import Settings
from agelens.storage.files import Files
from agelens.web.long_polling import LongPollLimit
from agelens.web.rate_limits import PER_ADDRESS, address, caller

db = SQLAlchemy(session_options={"expire_on_commit": False})
login_manager = LoginManager()
limiter = Limiter(
    key_func=caller, application_limits=[ApplicationLimit(PER_ADDRESS, key_function=address)]
)


@limiter.request_filter
def _was_counted() -> bool:
    """The server runs a request with a large body twice: first only to ask whether it is wanted."""
    return bool(request.environ.get("agelens.body_was_wanted"))


def settings() -> Settings:
    """The settings that this app was created with."""
    return cast(Settings, current_app.extensions["agelens_settings"])


def queue() -> JobQueue:
    """The queues of this app."""
    return cast(JobQueue, current_app.extensions["agelens_queue"])


def files() -> Files:
    """Where this app keeps the files of cohorts."""
    return cast(Files, current_app.extensions["agelens_files"])


def long_poll_limit() -> LongPollLimit:
    """Where this process's long polls wait."""
    return cast(LongPollLimit, current_app.extensions["agelens_long_poll_limit"])


def upload_slots() -> BoundedSemaphore:
    """How many uploads this process takes apart at a time: each keeps a connection meanwhile."""
    return cast(BoundedSemaphore, current_app.extensions["agelens_upload_slots"])
