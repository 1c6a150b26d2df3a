"""The processes of a workbench: how each is started, and how one tells that it is ready."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import certifi

from core.lake import write_durably
from core.secrets import prefect_login
from core.settings import Settings
from core.tokens import KeyRing

# glibc keeps an arena per thread and much of what was freed; a fifth of the web's memory is that
SMALL_HEAP = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
RUNNER_IS_SILENT_AFTER_SECONDS = 60


@dataclass(frozen=True)
class Process:
    """One process: its name in the log, its command, and a check that it serves.

    One with a `pulse` touches that file for as long as it can do anything at all.
    """

    name: str
    command: list[str]
    is_ready: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)
    pulse: Path | None = None

    def silent_seconds(self) -> float:
        """Returns how long it gave no sign of life; 0 before its first, and for one without."""
        try:
            return time.time() - self.pulse.stat().st_mtime if self.pulse else 0.0
        except FileNotFoundError:
            return 0.0


def workbench_processes(settings: Settings) -> list[Process]:
    """Returns what `workbench up` runs."""
    prefect = prefect_environment(settings)
    return [
        _python("ingest", "ingest.app", answers(f"{settings.ingest_url}/readyz"), SMALL_HEAP),
        _python("web", "cli.web", answers(f"{_web(settings)}/readyz"), SMALL_HEAP),
        prefect_server(settings, prefect),
        replace(
            _python("runner", "flows.runner", _is_fresh(settings.runner_sign), prefect),
            pulse=settings.runner_pulse,
        ),
    ]


def mail_catcher(settings: Settings) -> Process:
    """Returns a mail server that keeps every letter in a Maildir and sends none on."""
    listen = f"{settings.smtp_host}:{settings.smtp_port}"
    handler = ["-c", "aiosmtpd.handlers.Mailbox", str(settings.mailbox_dir)]
    return Process(
        "mail",
        [sys.executable, "-m", "aiosmtpd", "-n", "-l", listen, *handler],
        lambda: _listens(settings.smtp_host, settings.smtp_port),
    )


def prefect_server(settings: Settings, environment: dict[str, str]) -> Process:
    """Returns the Prefect server, run by uvicorn itself: its own launcher costs a process more."""
    application = ["prefect.server.api.server:create_app", "--factory"]
    address = ["--host", "127.0.0.1", "--port", str(settings.prefect_port)]
    quiet = ["--log-level", "warning", "--timeout-graceful-shutdown", "2"]
    return Process(
        "prefect",
        [sys.executable, "-m", "uvicorn", *application, *address, *quiet],
        answers(f"{settings.prefect_url}/api/health"),
        environment,
    )


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Returns Prefect's own settings: behind a login, closed to other origins, silent outwards."""
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": f"{settings.prefect_url}/api",
        "PREFECT_API_AUTH_STRING": prefect_login(settings.secrets_dir),
        "PREFECT_API_SSL_CERT_FILE": str(_one_authority(settings.prefect_home)),
        # the server checks no such tokens, yet each client would first ask for one
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": prefect_login(settings.secrets_dir),
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": settings.prefect_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        # good micro-batches go after a day, by the flow `prune runs`; the server removes the rest
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(14 * 24 * 60 * 60),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
        # a run of a schedule starts a process, on a busy machine slowly; a late one is an alert
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "DO_NOT_TRACK": "1",
    }


def _one_authority(home: Path) -> Path:
    """Returns a file with one certificate, for clients that speak plain HTTP on loopback.

    Prefect reads its file for every client it makes, three times a run; all of certifi's is 50 ms.
    """
    path, end = home / "authority.pem", "-----END CERTIFICATE-----\n"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        write_durably(path, (certifi.contents().partition(end)[0] + end).encode())
    return path


def _web(settings: Settings) -> str:
    return f"http://{settings.web_host}:{settings.web_port}"


def _python(
    name: str, module: str, is_ready: Callable[[], bool], environment: dict[str, str] | None = None
) -> Process:
    return Process(name, [sys.executable, "-m", module], is_ready, environment or {})


def answers(url: str) -> Callable[[], bool]:
    """Returns a check that this address answers with 200."""

    def check() -> bool:
        try:
            with urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    return check


def _is_fresh(sign: Path) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return time.time() - sign.stat().st_mtime < RUNNER_IS_SILENT_AFTER_SECONDS
        except FileNotFoundError:
            return False

    return check


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def local_token(settings: Settings, scopes: set[str], keys: KeyRing | None = None) -> str:
    """Returns a token for this command, valid for an hour."""
    from datetime import UTC, datetime, timedelta

    ring = keys or KeyRing.load(settings.secrets_dir)
    return ring.issue("workbench-cli", scopes, datetime.now(UTC), timedelta(hours=1))
