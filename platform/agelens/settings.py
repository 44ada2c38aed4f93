"""The only reader of the environment (beside agelens.client)."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _notebooks() -> Path:
    """Beside the source checkout when we run from one, else in the folder we run in."""
    checkout = Path(__file__).resolve().parents[2] / "notebooks"
    return checkout if checkout.is_dir() else Path("notebooks")


class Settings(BaseSettings):
    """What an operator can set. Names of variables are the field names in capitals, see aliases."""

    model_config = SettingsConfigDict(
        env_prefix="AGELENS_", populate_by_name=True, extra="ignore", env_ignore_empty=True
    )

    env: Literal["development", "production"] = "development"
    home: Path = Path(".agelens")
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    storage: str | None = None
    secret_key: str | None = None

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    web_port: int = Field(default=8050, ge=0, le=65535)
    api_processes: int = Field(default=2, ge=1)
    api_threads: int = Field(default=32, ge=1)
    trusted_proxies: int = Field(default=0, ge=0)
    workers: int = Field(default=2, ge=1)

    admin_email: str | None = None
    admin_password: str | None = None
    topup_policy: Literal["self", "admin"] = "self"
    topup_cap: int = Field(default=10_000, ge=1)

    rate_limits: Literal["on", "off"] = "on"
    lease_seconds: float = Field(default=30.0, gt=0)
    sweep_seconds: float = Field(default=2.0, gt=0)
    notebooks: Path = Field(default_factory=_notebooks)
    training_data: Path | None = None
    training_seconds: float = Field(default=3600.0, gt=0)
    token_days: int = Field(default=30, ge=1)
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_bundle_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    max_dataset_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    metrics_dir: Path | None = None
    log_format: Literal["console", "json"] = "console"

    @model_validator(mode="after")
    def _production_names_its_parts(self) -> "Settings":
        if self.env == "production":
            for name in ("secret_key", "database_url", "redis_url"):
                if not getattr(self, name):
                    variable = name.upper() if name.endswith("_url") else f"AGELENS_{name.upper()}"
                    raise ValueError(f"{variable} must be set when AGELENS_ENV=production")
        return self


def environment(settings: Settings) -> dict[str, str]:
    """Our own environment with these settings in it, for a process that shall read the same."""
    variables = dict(os.environ)
    for name, value in settings.model_dump(
        mode="json", exclude_none=True, exclude={"admin_password"}
    ).items():
        alias = Settings.model_fields[name].validation_alias
        variables[alias if isinstance(alias, str) else f"AGELENS_{name.upper()}"] = str(value)
    return variables


def without_ours(**changes: str) -> dict[str, str]:
    """The environment without anything that is for us alone, such as addresses and secrets."""
    private = ("AGELENS_", "DATABASE_URL", "REDIS_URL", "PG")
    theirs = {k: v for k, v in os.environ.items() if not k.startswith(private)}
    return theirs | changes
