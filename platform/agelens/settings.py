"""The only reader of the environment (beside agelens.client)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# STARTTLS; TLS from the start; in the clear, for a relay on the same host
MAIL_SCHEMES = ("smtp", "smtps", "smtp+plain")


def _notebooks() -> Path:
    """Beside the source checkout when we run from one, else in the folder we run in."""
    checkout = Path(__file__).resolve().parents[2] / "notebooks"
    return checkout if checkout.is_dir() else Path("notebooks")


def _names_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in MAIL_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its words have what stands for the port: a piece of a password, maybe
        return False


def _address(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError(f"{address!r} is not an address such as http://127.0.0.1:8000")
    return address


class _Shared(BaseSettings):
    """What the API's processes and the web app's read alike."""

    model_config = SettingsConfigDict(
        env_prefix="AGELENS_", populate_by_name=True, extra="ignore", env_ignore_empty=True
    )
    needed_in_production: ClassVar[tuple[str, ...]] = ("secret_key",)

    env: Literal["development", "production"] = "development"
    home: Path = Path(".agelens")
    secret_key: str | None = None
    trusted_proxies: int = Field(default=0, ge=0)
    log_format: Literal["console", "json"] = "console"

    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8050, ge=0, le=65535)
    web_processes: int = Field(default=1, ge=1)
    web_threads: int = Field(default=16, ge=1)
    public_api_url: str = Field(default="", validation_alias="AGELENS_PUBLIC_URL")

    max_connections: int = Field(default=4096, ge=16)
    head_seconds: float = Field(default=15.0, gt=0)
    body_seconds: float = Field(default=3600.0, gt=0)
    body_bytes_per_second: int = Field(default=4096, ge=0)

    max_cohort_bytes: int = Field(default=1024**3, ge=1024)
    max_cohort_rows: int = Field(default=2_000_000, ge=1)

    @model_validator(mode="after")
    def _production_names_its_parts(self) -> Self:
        if self.env == "production":
            for name in self.needed_in_production:
                if not getattr(self, name):
                    raise ValueError(
                        f"{variable(type(self), name)} must be set when AGELENS_ENV=production"
                    )
        return self


class Settings(_Shared):
    """What an operator can set. Names of variables are the field names in capitals, see aliases."""

    needed_in_production = ("secret_key", "database_url", "redis_url")

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    storage: str | None = None
    storage_timeout_seconds: float = Field(default=15.0, gt=0)

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    api_processes: int = Field(default=2, ge=1)
    api_threads: int = Field(default=32, ge=1)
    workers: int = Field(default=2, ge=1)

    admin_email: str | None = None
    admin_password: str | None = None
    topup_policy: Literal["self", "admin"] = "self"
    topup_cap: int = Field(default=10_000, ge=1)

    welcome_credits: int = Field(default=0, ge=0, le=1_000_000)

    web_url: str = ""
    smtp_url: str | None = Field(default=None, repr=False)
    mail_from: str | None = None

    rate_limits: Literal["on", "off"] = "on"
    lease_seconds: float = Field(default=30.0, gt=0)
    prediction_batch: int = Field(default=32, ge=1, le=1000)
    sweep_seconds: float = Field(default=2.0, gt=0)
    notebooks: Path = Field(default_factory=_notebooks)
    training_data: Path | None = None
    training_seconds: float = Field(default=3600.0, gt=0)
    token_days: int = Field(default=30, ge=1)
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_bundle_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    max_dataset_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    metrics_dir: Path | None = None
    references: Path | None = None

    @field_validator("web_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        return _address(address)

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_url is None:
            return self
        if not _names_mail_server(self.smtp_url):
            known = ", ".join(f"{scheme}://" for scheme in MAIL_SCHEMES)
            raise ValueError(
                f"AGELENS_SMTP_URL must begin with one of {known} and name a host; a / or @ in a "
                "password is written %2F or %40"
            )
        sender = self.mail_from or ""
        if "@" not in sender or not sender.isprintable():
            raise ValueError("AGELENS_MAIL_FROM must be an address where AGELENS_SMTP_URL is set")
        return self

    @property
    def web_origin(self) -> str:
        """The web app's address, as links in mails have it."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  no listening here
        host = everywhere.get(self.web_host, self.web_host)
        host = f"[{host}]" if ":" in host else host
        return (self.web_url or f"http://{host}:{self.web_port}").rstrip("/")

    @property
    def storage_url(self) -> str:
        """Where files of cohorts are kept, as fsspec names places."""
        return self.storage or str(self.home.expanduser().resolve() / "storage")


class WebSettings(_Shared):
    """What the web app reads: where the API is, never where the database is.

    `public_api_url` is the API's address for people's own programs; behind a proxy it is not
    the one that the web app uses.
    """

    api_url: str = Field(default="http://127.0.0.1:8000", validation_alias="AGELENS_URL")

    @classmethod
    def beside(cls, settings: Settings, api_url: str) -> "WebSettings":
        """Of a web app that belongs to the API at that address."""
        return cls(api_url=api_url, **settings.model_dump(include=set(_Shared.model_fields)))

    @field_validator("api_url", "public_api_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        return _address(address)

    @model_validator(mode="after")
    def _one_address_serves_both(self) -> Self:
        self.public_api_url = self.public_api_url or self.api_url
        return self


class LabSettings(BaseSettings):
    """What `agelens lab` reads; None is what it finds out itself."""

    model_config = _Shared.model_config

    home: Path = Path(".agelens")
    notebooks: Path = Field(default_factory=_notebooks)
    api_url: str | None = Field(default=None, validation_alias="AGELENS_URL")
    token: str | None = Field(default=None, repr=False)

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        return address and _address(address)


def variable(kind: type[BaseSettings], name: str) -> str:
    """The environment variable behind a setting."""
    alias = kind.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"AGELENS_{name.upper()}"


def environment(settings: Settings | WebSettings) -> dict[str, str]:
    """An environment with these settings in it, for a process that shall read the same.

    The rest is our own; but the web app, which people reach first, gets nothing else that is ours.
    """
    ours = without_ours() if isinstance(settings, WebSettings) else dict(os.environ)
    values = settings.model_dump(mode="json", exclude_none=True, exclude={"admin_password"})
    return ours | {variable(type(settings), name): str(value) for name, value in values.items()}


def connected(settings: LabSettings) -> dict[str, str]:
    """An environment in which a client finds the address and the token of these settings.

    Nothing else in it is ours: whatever runs in a notebook may read it.
    """
    variables = {"AGELENS_URL": settings.api_url, "AGELENS_TOKEN": settings.token}
    return without_ours(**{name: value for name, value in variables.items() if value})


def forget_token() -> None:
    """Drop AGELENS_TOKEN: a client made for somebody without a token would act as its owner."""
    os.environ.pop("AGELENS_TOKEN", None)


def replace_environment(variables: Mapping[str, str]) -> None:
    """Give this process the environment that it would have been started with."""
    os.environ.clear()
    os.environ.update(variables)


def without_ours(**changes: str) -> dict[str, str]:
    """The environment without anything that is for us alone, such as addresses and secrets.

    AWS_ and FSSPEC_ hold the secrets of the storage, which is as private as the database.
    """
    private = ("AGELENS_", "DATABASE_URL", "REDIS_URL", "PG", "AWS_", "FSSPEC_")
    theirs = {k: v for k, v in os.environ.items() if not k.startswith(private)}
    return theirs | changes
