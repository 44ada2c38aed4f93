"""Limit how many files go through the web app at a time, up or down: a quarter of its threads.

A semaphore in the server's extensions; whoever finds no slot free gets `BusyError`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agelens.languages import N_
from agelens.settings import WebSettings
from flask import Flask, current_app

BUSY = N_("Too many files are being transferred right now. Try again in a minute.")
EXTENSION_KEY = "agelens_file_slots"


class BusyError(Exception):
    """Too many files are under way."""


def init_app(server: Flask, settings: WebSettings) -> None:
    """Have at most a quarter of the threads busy with files."""
    server.extensions[EXTENSION_KEY] = threading.BoundedSemaphore(max(1, settings.web_threads // 4))


@contextmanager
def slot() -> Iterator[None]:
    """Hold one of the slots for a file; BusyError when all are taken."""
    semaphore: threading.BoundedSemaphore = current_app.extensions[EXTENSION_KEY]
    if not semaphore.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        semaphore.release()
