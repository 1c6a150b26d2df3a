"""Settings come from the environment; what is wrong or unsafe is one line before the start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import CannotStart
from core.refusals import refuse_unsafe
from core.settings import Settings, child_environment, load_settings

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def safe_settings(clean_environment: pytest.MonkeyPatch) -> Settings:
    safe = {
        "environment": "production",
        "mail_recipients": ["a@b.example"],
        "public_url": "https://workbench.example/",
    }
    return load_settings().model_copy(update=safe)


def test_settings_come_from_the_environment_then_from_dotenv(
    clean_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("WORKBENCH_WEB_PORT=9001\nWORKBENCH_INGEST_PORT=9002\n")
    clean_environment.setenv("WORKBENCH_WEB_PORT", "9003")
    settings = load_settings()
    assert (settings.web_port, settings.ingest_port) == (9003, 9002)


def test_the_data_folder_is_absolute_and_all_stores_lie_in_it(tmp_path: Path) -> None:
    settings = load_settings(data_dir=Path("here"))
    assert settings.data_dir == tmp_path / "here"
    stores = [settings.lake_dir, settings.warehouse_path, settings.secrets_dir, settings.log_path]
    assert all(tmp_path / "here" in store.parents for store in stores)


WRONG = [
    ("INGEST_PORT", "99999"),
    ("INGEST_PORT", "SECRET-7f3a"),
    ("ENVIRONMENT", "SECRET-7f3a"),
    ("TIME_ZONE", "SECRET-7f3a/Base"),
    ("TIME_ZONE", "../etc"),
    ("TIME_ZONE", ""),
    ("AS_OF", "2026-01-01T00:00:00"),
    ("MAIL_RECIPIENTS", "SECRET-7f3a@b.example"),
    ("MAIL_RECIPIENTS", '{"a": 1}'),
    ("MAIL_RECIPIENTS", '["SECRET-7f3a"]'),
    ("REFRESH_SECONDS", "0"),
    ("SESSION_HOURS", "25"),
    ("OIDC_ROLES", "SECRET-7f3a"),
    ("OIDC_ROLES", '{"SECRET-7f3a": "king"}'),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_the_setting(
    clean_environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    clean_environment.setenv(f"WORKBENCH_{name}", value)
    with pytest.raises(CannotStart) as refusal:
        load_settings()
    text = str(refusal.value)
    assert text.startswith(f"WORKBENCH_{name}") and text.endswith("See .env.example.")
    assert "\n" not in text and "SECRET-7f3a" not in text


UNSAFE: list[tuple[dict[str, object], str]] = [
    ({"demo": True}, "WORKBENCH_DEMO is on"),
    ({"mail_recipients": []}, "nobody gets letters"),
    ({"smtp_host": "mail.example"}, "WORKBENCH_SMTP_STARTTLS and WORKBENCH_SMTP_TLS are off"),
    ({"smtp_host": "10.0.0.1"}, "WORKBENCH_SMTP_STARTTLS and WORKBENCH_SMTP_TLS are off"),
    ({"public_url": "http://workbench.example"}, "must start with https://"),
    ({"public_url": None}, "must start with https://"),
    (
        {"openai_api_key": SecretStr("k"), "openai_base_url": "http://models.example/v1"},
        "WORKBENCH_OPENAI_BASE_URL must start",
    ),
    ({"oidc_issuer": "http://127.0.0.1:8090"}, "WORKBENCH_OIDC_ISSUER must start"),
]


@pytest.mark.parametrize(("change", "reason"), UNSAFE)
def test_production_refuses_what_is_unsafe(
    safe_settings: Settings, change: dict[str, object], reason: str
) -> None:
    with pytest.raises(CannotStart, match=reason):
        refuse_unsafe(safe_settings.model_copy(update=change))


def test_production_refuses_root_and_nothing_else_when_all_is_safe(
    safe_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    refuse_unsafe(safe_settings)
    remote = {"smtp_host": "mail.example", "smtp_starttls": True}
    refuse_unsafe(safe_settings.model_copy(update=remote))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(CannotStart, match=r"^unsafe for production: the process runs as root;"):
        refuse_unsafe(safe_settings)


def test_production_is_refused_when_settings_are_loaded(
    clean_environment: pytest.MonkeyPatch,
) -> None:
    clean_environment.setenv("WORKBENCH_ENVIRONMENT", "production")
    with pytest.raises(CannotStart, match=r"nobody gets letters.*PUBLIC_URL must start"):
        load_settings()


def test_a_child_process_gets_the_same_settings(
    clean_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_of = datetime(2011, 12, 31, tzinfo=UTC)
    given = load_settings(data_dir=tmp_path, demo=True, as_of=as_of, mail_recipients=["a@b.c"])
    for name, value in child_environment(given, {"EXTRA": "1"}).items():
        clean_environment.setenv(name, value)
    assert load_settings() == given


def test_secrets_are_not_handed_on_or_shown() -> None:
    model = {"openai_model": "m", "openai_input_usd": 1, "openai_output_usd": 1}
    provider = {"oidc_issuer": "https://login.example", "oidc_client_id": "workbench"}
    secret = dict.fromkeys(["smtp_password", "openai_api_key", "oidc_client_secret"], "SECRET-7f3a")
    settings = load_settings(**secret, **model, **provider)
    assert "SECRET-7f3a" not in f"{settings!r}{settings.as_environment()}"


def test_a_key_without_a_model_and_its_prices_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"set WORKBENCH_OPENAI_MODEL, WORKBENCH_OPENAI_INPUT"):
        load_settings(openai_api_key="SECRET-7f3a", openai_output_usd=2.0)
    priced = {"openai_model": "m", "openai_input_usd": 0, "openai_output_usd": 0}
    assert load_settings(openai_api_key="SECRET-7f3a", **priced).openai_model == "m"
    assert not load_settings(openai_api_key="").openai_api_key


def test_the_build_counts_from_the_setting_else_from_now() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    fixed = load_settings(as_of=datetime.fromisoformat("2011-12-31T00:00:00-06:00"))
    assert load_settings().build_moment(now) == now
    assert fixed.build_moment(now).isoformat() == "2011-12-31T06:00:00+00:00"
