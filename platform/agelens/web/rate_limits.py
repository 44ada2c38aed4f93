"""Who is asking, for rate limits, and how often one may."""

import hashlib

from flask import request
from flask_login import current_user

PER_ADDRESS = "6000 per minute"  # whatever tokens it sends
PER_CALLER = "1200 per minute"
SUBMIT = "600 per minute"
UPLOAD = "120 per minute"
SCENARIOS = "3000 per minute"  # people scored, not requests
CHECKS = "600 per minute"
EXAMPLES = "600 per minute"
CREDENTIALS = "60 per minute"
OPENINGS = "300 per minute"  # of links that somebody shared


def caller() -> str:
    """The token when there is one (no database look-up needed), else the address."""
    token = request.headers.get("Authorization")
    return hashlib.sha256(token.encode()).hexdigest()[:32] if token else address()


def person() -> str:
    """The user, whichever of their tokens they send; a stranger's address. For after the login."""
    return str(current_user.id) if current_user.is_authenticated else address()


def address() -> str:
    """Where the request comes from; ProxyFix has put the client's address here."""
    return request.remote_addr or "unknown"
