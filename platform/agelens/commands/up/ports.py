"""Which port to listen on."""

import socket


class PortInUseError(Exception):
    """Somebody listens there already; the message says what to do."""


def choose(host: str, port: int, variable: str) -> int:
    """The port itself if it can be had, a free one for 0."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(
                f"Cannot listen on {host} port {port} ({error.strerror}). "
                f"Set {variable} to another port, or to 0 for any free one."
            ) from None
        return int(probe.getsockname()[1])
