"""How long a file of 41,911 real records takes from the command to the published marts."""

from __future__ import annotations

import time

from bench.report import tell
from bench.system import READY_SECONDS, ROOT, is_ready, temporary_system, wait_until
from cli.posting import accepted_seq
from core.marts import Marts

LOG = ROOT / "tests" / "data" / "real_log.ndjson.gz"


def main() -> None:
    with temporary_system() as system:
        system.start("up")
        wait_until(lambda: is_ready(system), READY_SECONDS, "all processes ready")
        marts = Marts(system.settings.marts_dir)
        wait_until(lambda: (system.settings.marts_dir / "current.json").exists(), 120, "a set")
        started = time.monotonic()
        posted = system.run("ingest", str(LOG), "--backfill")
        assert posted.returncode == 0, posted.stderr
        taken = time.monotonic() - started
        wanted = accepted_seq(system.settings)
        wait_until(lambda: marts.published().ingest_seq >= wanted, 120, "the log published")
        tell("real_log_accepted", taken, "s", "-", records=wanted)
        tell("real_log_published", time.monotonic() - started, "s", "<= 60", records=wanted)


if __name__ == "__main__":
    main()
