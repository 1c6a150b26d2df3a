"""All settings, read once from `WORKBENCH_*` and `.env`, and passed down as values."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict, SettingsError

from core.errors import BadInput, CannotStart
from core.login_settings import LoginSettings, refuse_half_logins
from core.recipients import clean_address
from core.refusals import refuse_unpriced, refuse_unsafe
from core.zones import known_zone

# children read these as we do; they are never printed, and never arguments
_SECRET = {"smtp_password", "openai_api_key", "oidc_client_secret"}
_JSON = {"MAIL_RECIPIENTS": 'a JSON list, as ["a@b.example"]'}
_JSON |= {"OIDC_ROLES": 'a JSON object, as {"coaches": "coach"}'}


class Settings(LoginSettings):
    """Where things lie, who listens where, and what is sent to whom."""

    model_config = SettingsConfigDict(
        env_prefix="WORKBENCH_", env_file=".env", extra="ignore", frozen=True
    )

    environment: Literal["local", "production"] = Field(
        "local", description="production refuses unsafe settings at start"
    )
    data_dir: Path = Field(Path("data"), description="journal, lake, warehouse, marts, secrets")
    demo: bool = Field(False, description="marks every page and letter as DEMO")

    ingest_host: str = Field("127.0.0.1", description="where sessions are posted")
    ingest_port: int = Field(8000, ge=1, le=65535, description="port of the ingest API")
    web_host: str = Field("127.0.0.1", description="where people and API clients read")
    web_port: int = Field(8080, ge=1, le=65535, description="port of dashboard, login and API")
    prefect_port: int = Field(4200, ge=1, le=65535, description="port of the Prefect server")
    public_url: str | None = Field(None, description="address of the web that people click on")

    max_body_mb: int = Field(8, ge=1, le=256, description="largest body, before and after gunzip")
    max_rows: int = Field(5_000, ge=1, description="most records in one request")
    max_waiting: int = Field(8_000, ge=1, description="records waiting for the disk before 503")
    max_requests_per_second: float = Field(
        1_000, gt=0, description="what one sender may ask, before 429; bursts of twice that"
    )
    drain_seconds: float = Field(0.5, gt=0, description="pause between drains to Parquet")

    as_of: AwareDatetime | None = Field(
        None, description="the moment that windows and decay count from; empty means now"
    )
    time_zone: str = Field("America/Chicago", description="the zone in which business days are cut")
    refresh_seconds: float = Field(0.25, gt=0, description="how often the runner looks for data")

    smtp_host: str = Field("127.0.0.1", description="mail server for letters")
    smtp_port: int = Field(1025, ge=1, le=65535, description="port of the mail server")
    smtp_user: str | None = Field(None, description="login at the mail server, if it wants one")
    smtp_password: SecretStr | None = Field(None, description="password at the mail server")
    smtp_starttls: bool = Field(False, description="encrypt the connection to the mail server")
    smtp_tls: bool = Field(False, description="the mail server wants TLS from the start (465)")
    smtp_per_second: float = Field(0, ge=0, description="most letters a second; 0 means no limit")
    mail_from: str = Field(
        "Tutor Workbench <workbench@workbench.example>", description="sender of letters"
    )
    mail_recipients: list[str] = Field([], description='who gets letters, as ["a@b.example"]')
    mail_storm_share: float = Field(
        0.3, gt=0, le=1, description="share of flagged sessions above which letters are held"
    )

    openai_api_key: SecretStr | None = Field(
        None, description="key for reviews by a model; without one, rules review"
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1", description="OpenAI, or a server that speaks its protocol"
    )
    openai_model: str | None = Field(None, description="name of the model that reviews")
    openai_api: Literal["responses", "chat"] = Field(
        "responses", description="chat for servers that know chat completions only"
    )
    openai_input_usd: float | None = Field(None, ge=0, description="dollars per million tokens in")
    openai_cached_usd: float | None = Field(None, ge=0, description="the same for cached ones")
    openai_output_usd: float | None = Field(None, ge=0, description="dollars per million out")
    review_daily_usd: float = Field(5.0, ge=0, description="dollars for reviews in a day (UTC)")
    review_session_usd: float = Field(0.25, ge=0, description="dollars for reviews of a session")
    review_consent: Literal["ask", "given", "never"] = Field(
        "ask", description="ask: only sessions that carry ai_consent go to a model"
    )
    review_flagged_tutors: bool = Field(False, description="reviews all of flagged tutors")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("mail_recipients")
    @classmethod
    def _addresses(cls, addresses: list[str]) -> list[str]:
        try:
            return [clean_address(address) for address in addresses]
        except BadInput as error:
            raise ValueError(str(error)) from None

    @property
    def secrets_dir(self) -> Path:
        return self.data_dir / "secrets"

    @property
    def journal_path(self) -> Path:
        return self.data_dir / "journal" / "journal.sqlite"

    @property
    def lake_dir(self) -> Path:
        return self.data_dir / "lake"

    @property
    def warehouse_path(self) -> Path:
        return self.data_dir / "warehouse" / "warehouse.duckdb"

    @property
    def marts_dir(self) -> Path:
        return self.data_dir / "marts"

    @property
    def outbox_path(self) -> Path:
        return self.data_dir / "letters" / "outbox.sqlite"

    @property
    def recipients_path(self) -> Path:
        return self.data_dir / "recipients" / "recipients.sqlite"

    @property
    def reviews_path(self) -> Path:
        return self.data_dir / "reviews" / "reviews.sqlite"

    @property
    def mailbox_dir(self) -> Path:
        return self.data_dir / "mailbox"

    @property
    def accounts_path(self) -> Path:
        return self.data_dir / "accounts" / "accounts.sqlite"

    @property
    def acts_path(self) -> Path:
        """Returns the file of what people did that is in no published set yet."""
        return self.data_dir / "acts" / "under-way.json"

    @property
    def annotations_path(self) -> Path:
        return self.data_dir / "annotations" / "annotations.sqlite"

    @property
    def docs_path(self) -> Path:
        """Returns the page about the warehouse, once somebody has had it made."""
        return self.data_dir / "docs" / "index.html"

    @property
    def log_path(self) -> Path:
        return self.data_dir / "logs" / "workbench.log"

    @property
    def prefect_home(self) -> Path:
        return self.data_dir / "prefect"

    @property
    def runner_sign(self) -> Path:
        """Returns the file that the runner touches as long as it lives."""
        return self.data_dir / "logs" / "runner.alive"

    @property
    def runner_pulse(self) -> Path:
        """Returns the file that the runner touches also while a run is under way."""
        return self.data_dir / "logs" / "runner.pulse"

    @property
    def ingest_url(self) -> str:
        return f"http://{self.ingest_host}:{self.ingest_port}"

    @property
    def web_url(self) -> str:
        return (self.public_url or f"http://{self.web_host}:{self.web_port}").rstrip("/")

    @property
    def prefect_url(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}"

    def build_moment(self, now: datetime) -> datetime:
        """Returns the moment that windows and decay count from: the setting, else `now`, in UTC."""
        return (self.as_of or now).astimezone(UTC)

    def as_environment(self) -> dict[str, str]:
        """Returns the settings that differ from their defaults as `WORKBENCH_*` variables."""
        values = self.model_dump(mode="json", exclude_defaults=True, exclude=_SECRET)
        return {
            f"WORKBENCH_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in values.items()
        }


def load_settings(**overrides: Any) -> Settings:
    """Returns the settings of this process.

    Raises:
        CannotStart: a value is wrong, or the environment is production and a setting is unsafe.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "WORKBENCH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise CannotStart(f"{name}: {first['msg']}. See .env.example.") from None
    except SettingsError as error:
        raise CannotStart(_not_json(str(error))) from None
    settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    refuse_unpriced(settings)
    refuse_half_logins(settings)
    if settings.environment == "production":
        refuse_unsafe(settings)
    return settings


def _not_json(said: str) -> str:
    [name] = [name for name in _JSON if f'"{name.lower()}"' in said]
    return f"WORKBENCH_{name} must be {_JSON[name]}. See .env.example."


def child_environment(settings: Settings, extra: dict[str, str]) -> dict[str, str]:
    """Returns the environment for a process of this workbench: ours, the settings, and `extra`."""
    return dict(os.environ) | settings.as_environment() | extra


def without_settings() -> dict[str, str]:
    """Returns our environment without any setting of a workbench, for one that is put beside us."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
