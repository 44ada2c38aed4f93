"""gunicorn for the API and the web app, configured in code instead of a file."""

import signal
import socket
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

SECONDS_TO_FINISH = 35  # the longest `?wait=` is 30
SECONDS_OF_KEEPALIVE = 75  # longer than a proxy keeps its side open, so that we never close first
SECONDS_OF_SILENCE = 30  # afterwards the kernel may hand a silent connection over


def _take_only_who_speaks(server: Any) -> None:
    """Accept a connection only once its first bytes have arrived (TCP_DEFER_ACCEPT).

    Browsers open some in advance; each would keep a thread of gunicorn's for seconds.
    """
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux
        for listener in server.LISTENERS:
            listener.sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SECONDS_OF_SILENCE
            )


def _tell_when_stopping(worker: Any) -> None:
    """Call the app's `agelens_stopping` on SIGTERM, so that long polls end at once."""
    told = worker.wsgi.extensions["agelens_stopping"]
    stop = signal.getsignal(signal.SIGTERM)

    def on_signal(number: int, frame: Any) -> None:
        told()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, on_signal)


_OPTIONS = {
    "worker_class": "gthread",
    "backlog": 1024,
    "limit_request_line": 8190,  # beyond it gunicorn itself answers, not with a problem
    "keepalive": SECONDS_OF_KEEPALIVE,
    "timeout": 60,
    "graceful_timeout": SECONDS_TO_FINISH,
    "loglevel": "warning",
    "control_socket_disable": True,
    "when_ready": _take_only_who_speaks,
    "post_worker_init": _tell_when_stopping,
}


class Server(BaseApplication):
    """One app in as many processes and threads as the options say; each process makes its own."""

    def __init__(self, make_app: Callable[[], Flask], **options: Any) -> None:
        """`options` are gunicorn's, on top of what both servers have in common."""
        self._make_app = make_app
        self._our_options: Mapping[str, Any] = _OPTIONS | options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._our_options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()


def bind(host: str, port: int) -> str:
    """gunicorn's spelling of where to listen."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
