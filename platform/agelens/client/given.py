"""Addresses, tokens and keys as people give them, made ready to be sent, or refused at once."""

LONGEST_KEY = 200  # the service's limit


def origin(url: str) -> str:
    """`agelens up` prints the address with /api at its end; both are understood."""
    return url.rstrip("/").removesuffix("/api").rstrip("/")


def whole_token(token: str) -> str:
    """A token as it can be sent; ValueError when something else was copied with it."""
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ValueError("the token has characters that no token has: was something else copied?")
    return token


def sendable_key(key: str) -> str:
    """An Idempotency-Key of somebody's making; ValueError when no header can carry it."""
    is_text = isinstance(key, str) and key.isascii() and key.isprintable() and key == key.strip()
    if not (is_text and 1 <= len(key) <= LONGEST_KEY):
        raise ValueError(
            f"idempotency_key must be 1 to {LONGEST_KEY} printable ASCII characters without blanks "
            f"around them; not {key!r}"
        )
    return key
