"""The server of the API and the web app: gunicorn's processes, each with waitress' event loop."""

import gc
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker
from waitress import wasyncore

from agelens.settings import Settings, WebSettings
from agelens.wsgi_server.event_loop import Dispatcher, Listener
from agelens.wsgi_server.request_parser import Limits

SECONDS_TO_FINISH = 35  # the longest `?wait=` is 30
LOOP_SECONDS = 0.5  # to notice a signal
SPARE_FILES = 256  # for databases, files and what a body is kept in
SECONDS_OF_SILENCE = 30  # afterwards the kernel may hand a silent connection over


def _share_memory() -> None:
    """Keep what is loaded by now out of the collector, so that the processes go on sharing its pages.

    A collection writes into every object that it looks at. Also waits for timers of the app: a thread
    does not survive a fork, and a lock that it held would stay locked.
    """
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(timeout=1)
    gc.collect()
    gc.freeze()
    gc.enable()


def _when_ready(server: Any) -> None:
    _defer_accept(server)
    _share_memory()


def _defer_accept(server: Any) -> None:
    """Accept a connection only once its first bytes have arrived (TCP_DEFER_ACCEPT).

    Browsers open some in advance; each would be looked at in every turn of the loop.
    """
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux
        for listener in server.LISTENERS:
            listener.sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SECONDS_OF_SILENCE
            )


def _install_stop_callback(worker: Any) -> None:
    """Call the app's `agelens_stopping` on SIGTERM, so that long polls end at once."""
    on_stopping = worker.wsgi.extensions["agelens_stopping"]
    stop_handler = signal.getsignal(signal.SIGTERM)

    def on_signal(number: int, frame: Any) -> None:
        on_stopping()
        if callable(stop_handler):
            stop_handler(number, frame)

    signal.signal(signal.SIGTERM, on_signal)


class LoopWorker(Worker):
    """A process of gunicorn's: one event loop that receives, threads that answer."""

    def run(self) -> None:
        """Serve until told to stop, then until everybody is answered or the time is over."""
        everything: dict[int, Any] = {}
        dispatcher = Dispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        limits = self.app.limits
        listeners = [
            Listener(self.wsgi, listener.sock, limits, dispatcher, everything)
            for listener in self.sockets
        ]
        while self.alive and os.getppid() == self.ppid:
            self._turn(everything)
        for listener in listeners:
            listener.stop()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while any(each.is_busy for each in listeners) and time.monotonic() < deadline:
            for each in listeners:
                each.maintenance(time.time())
            self._turn(everything)
        dispatcher.shutdown(timeout=1)

    def _turn(self, everything: dict[int, Any]) -> None:
        self.notify()
        wasyncore.poll2(LOOP_SECONDS, everything)


_OPTIONS = {
    "worker_class": LoopWorker,
    "backlog": 2048,
    "timeout": 60,
    "graceful_timeout": SECONDS_TO_FINISH,
    "loglevel": "warning",
    "control_socket_disable": True,
    "preload_app": True,
    "when_ready": _when_ready,
    "post_worker_init": _install_stop_callback,
}


class Server(BaseApplication):
    """One app in as many processes and threads as the options say.

    It is made once, before the processes fork, and opens no connection when it is made.
    """

    def __init__(self, make_app: Callable[[], Flask], limits: Limits, **options: Any) -> None:
        """`options` are gunicorn's, on top of what both servers have in common."""
        self._make_app = make_app
        self.limits = limits
        self._our_options: Mapping[str, Any] = _OPTIONS | options
        gc.disable()  # until the app is made: little of what that takes is garbage
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._our_options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()


def bind(host: str, port: int) -> str:
    """gunicorn's spelling of where to listen."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def limits(settings: Settings | WebSettings) -> Limits:
    """What the settings say of slow callers, with no more connections than this process may open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    n_files = settings.max_connections + SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        n_files = min(n_files, hard)
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft != resource.RLIM_INFINITY and soft < n_files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n_files, hard))
    return Limits(
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        body_bytes_per_second=settings.body_bytes_per_second,
        connections=max(1, n_files - SPARE_FILES),
    )
