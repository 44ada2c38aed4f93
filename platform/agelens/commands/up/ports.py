"""Which port to listen on."""

import errno
import os
import socket


class PortInUseError(Exception):
    """Somebody listens there already; the message says what to do."""


def choose(host: str, port: int, variable: str, *, reserved: int | None = None) -> int:
    """The port itself if it can be had, a free one for 0; `reserved` is chosen but not yet listening."""
    try:
        if port and port == reserved:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        chosen = _bindable(host, port)
    except OSError as error:
        raise PortInUseError(
            f"Cannot listen on {host} port {port} ({error.strerror}). "
            f"Set {variable} to another port, or to 0 for any free one."
        ) from None
    return choose(host, port, variable, reserved=reserved) if chosen == reserved else chosen


def _bindable(host: str, port: int) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])
