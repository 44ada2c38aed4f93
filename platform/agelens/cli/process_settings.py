"""Settings as the commands read them: what is wrong with one is an error in words.

pydantic and the settings are imported when they are read: `agelens --help` needs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload

from agelens.cli.errors import WRONG_CALL, CommandError

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_settings import BaseSettings

    from agelens.settings import Settings, WebSettings

S = TypeVar("S", bound="BaseSettings")
POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
REDIS = ("redis", "rediss", "unix")


def connected_settings() -> Settings:
    """Settings of a process that needs both servers and starts neither."""
    settings = process_settings()
    for name in ("database_url", "redis_url"):
        if getattr(settings, name) is None:
            raise CommandError(
                f"{name.upper()} is not set. `agelens up` starts everything that is needed.",
                WRONG_CALL,
            )
    return settings


@overload
def process_settings() -> Settings: ...
@overload
def process_settings(kind: type[WebSettings]) -> WebSettings: ...
def process_settings(
    kind: type[Settings | WebSettings] | None = None,
) -> Settings | WebSettings:
    """Settings of this process, which from then on logs as they say."""
    from agelens.settings import Settings

    settings = read_settings(kind or Settings)
    if isinstance(settings, Settings):
        _check_scheme("DATABASE_URL", settings.database_url, POSTGRES)
        _check_scheme("REDIS_URL", settings.redis_url, REDIS)
    from agelens.logs import configure_logs

    configure_logs(settings.log_format)
    return settings


def read_settings(kind: type[S]) -> S:
    """Settings; what is wrong with them is said by the name of its variable."""
    from pydantic import ValidationError

    try:
        return kind()
    except ValidationError as error:
        raise CommandError(_in_words(kind, error), WRONG_CALL) from error


def _check_scheme(name: str, url: str | None, schemes: tuple[str, ...]) -> None:
    if url is not None and url.partition("://")[0] not in schemes:  # it may hold a password
        raise CommandError(f"{name} must begin with {schemes[0]}://", WRONG_CALL)


def _in_words(kind: type[BaseSettings], error: ValidationError) -> str:
    return "; ".join(f"{_named(kind, e['loc'])}: {e['msg']}" for e in error.errors())


def _named(kind: type[BaseSettings], location: tuple[int | str, ...]) -> str:
    """The environment variable behind a setting."""
    from agelens.settings import variable

    name = str(location[0]) if location else "settings"
    return variable(kind, name) if name in kind.model_fields else name
