"""How many files may be on their way through the web app at a time: a quarter of its threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agelens.languages import N_
from agelens.settings import WebSettings
from flask import Flask, current_app

BUSY = N_("Too many files are being transferred right now. Try again in a minute.")
PLACE = "agelens_file_slots"


class BusyError(Exception):
    """Too many files are under way."""


def init_app(server: Flask, settings: WebSettings) -> None:
    """Have at most a quarter of the threads busy with files."""
    server.extensions[PLACE] = threading.BoundedSemaphore(max(1, settings.web_threads // 4))


@contextmanager
def slot() -> Iterator[None]:
    """One of the places; BusyError when all are taken."""
    slots: threading.BoundedSemaphore = current_app.extensions[PLACE]
    if not slots.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        slots.release()
