"""A TCP relay that can freeze: it goes on accepting connections and passes nothing on, as a hung host."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Passes bytes between callers and a server on this host, except while it is frozen."""

    def __init__(self, server_port: int) -> None:
        """It listens when it is made."""
        self._server = ("127.0.0.1", server_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows = threading.Event()
        self._flows.set()
        self._sockets: list[socket.socket] = [self._listener]
        self.address = "http://{}:{}".format(*self._listener.getsockname())
        self.connections = 0
        _in_background(self._accept)

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def close(self) -> None:
        """End every connection."""
        self.thaw()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                self.connections += 1
                server = socket.create_connection(self._server)
                self._sockets += [caller, server]
                _in_background(self._pass_on, caller, server)
                _in_background(self._pass_on, server, caller)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                self._flows.wait()
                sink.sendall(content)
            self._flows.wait()
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relay_to(server_port: int) -> Iterator[Relay]:
    """A relay, closed afterwards."""
    relay = Relay(server_port)
    try:
        yield relay
    finally:
        relay.close()


def _in_background(target: object, *args: object) -> None:
    threading.Thread(target=target, args=args, daemon=True).start()  # type: ignore[arg-type]
