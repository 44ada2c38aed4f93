"""Who is asking, for rate limits, and how often one may."""

import hashlib

from flask import request

PER_ADDRESS = "6000 per minute"  # whatever tokens it sends
PER_CALLER = "1200 per minute"
SUBMIT = "600 per minute"
UPLOAD = "120 per minute"
WHAT_IF = "600 per minute"
CREDENTIALS = "60 per minute"


def caller() -> str:
    """The token when there is one (no database look-up needed), else the address."""
    token = request.headers.get("Authorization")
    return hashlib.sha256(token.encode()).hexdigest()[:32] if token else address()


def address() -> str:
    """Where the request comes from; ProxyFix has put the client's address here."""
    return request.remote_addr or "unknown"
