"""The first administrator, made once, never over HTTP."""

import secrets
from dataclasses import dataclass

from agelens.settings import Settings

DEFAULT_EMAIL = "admin@agelens.example"


@dataclass(frozen=True)
class Credentials:
    """What to show once; `password` is None when the operator chose it and knows it."""

    email: str
    password: str | None


def ensure(settings: Settings, database_url: str) -> Credentials | None:
    """Create an administrator unless there is one; None when there was."""
    from agelens.services import accounts
    from agelens.storage.engine import open_engine, session_factory

    engine = open_engine(database_url)
    email = settings.admin_email or DEFAULT_EMAIL
    generated = None if settings.admin_password else secrets.token_urlsafe(15)
    try:
        with session_factory(engine).begin() as session:
            if accounts.admin_exists(session):
                return None
            accounts.create_admin(session, email, settings.admin_password or generated or "")
    finally:
        engine.dispose()
    return Credentials(email, generated)
