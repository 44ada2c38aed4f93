"""Settings as the commands read them: what is wrong with one is an error in words."""

from typing import TypeVar, overload

import click
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from agelens.settings import Settings, WebSettings, variable

S = TypeVar("S", bound=BaseSettings)


def connected_settings() -> Settings:
    """Settings of a process that needs both servers and starts neither."""
    settings = process_settings()
    for name in ("database_url", "redis_url"):
        if getattr(settings, name) is None:
            raise click.ClickException(
                f"{name.upper()} is not set. `agelens up` starts everything that is needed."
            )
    return settings


@overload
def process_settings() -> Settings: ...
@overload
def process_settings(kind: type[WebSettings]) -> WebSettings: ...
def process_settings(kind: type[Settings | WebSettings] = Settings) -> Settings | WebSettings:
    """Settings of this process, which from then on logs as they say."""
    settings = read_settings(kind)
    from agelens.logs import configure_logs

    configure_logs(settings.log_format)
    return settings


def read_settings(kind: type[S]) -> S:
    """Settings; what is wrong with them is said by the name of its variable."""
    try:
        return kind()
    except ValidationError as error:
        raise click.ClickException(_in_words(kind, error)) from error


def _in_words(kind: type[BaseSettings], error: ValidationError) -> str:
    return "; ".join(f"{_named(kind, e['loc'])}: {e['msg']}" for e in error.errors())


def _named(kind: type[BaseSettings], place: tuple[int | str, ...]) -> str:
    """The environment variable behind a setting."""
    name = str(place[0]) if place else "settings"
    return variable(kind, name) if name in kind.model_fields else name
