"""Addresses of our own HTTP servers, and whether they answer."""

import http.client


def reachable(host: str) -> str:
    """The address to ask: what listens everywhere is asked on loopback."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  no listening here


def origin(host: str, port: int) -> str:
    """As a browser writes it."""
    address = reachable(host)
    return f"http://{f'[{address}]' if ':' in address else address}:{port}"


def answers(host: str, port: int, path: str) -> bool:
    """Whether the server there says 200 now."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
