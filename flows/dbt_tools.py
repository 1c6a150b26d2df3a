"""dbt's own commands that build nothing: the documentation's page, and the source's freshness."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from core.children import die_with_parent
from core.lake import write_durably
from flows.build import PROJECT_DIR
from flows.results import BuildFailed


def write_docs(warehouse_path: Path, lake_dir: Path, page: Path) -> Path:
    """Returns `page`, written anew: one file with all that dbt knows of the project.

    Args:
        warehouse_path: a built warehouse, for the types of columns.
        lake_dir: the lake that its views read.
        page: the file to write; its folder is made.

    Raises:
        BuildFailed: dbt could not run.
    """
    with TemporaryDirectory() as target:
        _run(["docs", "generate", "--static"], warehouse_path, lake_dir, Path(target))
        page.parent.mkdir(parents=True, exist_ok=True)
        write_durably(page, (Path(target) / "static_index.html").read_bytes())
    return page


def source_freshness(lake_dir: Path) -> dict[str, tuple[str, float]]:
    """Returns by dataset how fresh it is (pass, warn, error) and how many hours old its newest is.

    Raises:
        BuildFailed: dbt could not run, as when the lake holds no record.
    """
    with TemporaryDirectory() as target:
        folder = Path(target)
        _run(["source", "freshness"], folder / "warehouse.duckdb", lake_dir, folder, may_fail=True)
        answer = folder / "sources.json"
        results = json.loads(answer.read_text())["results"] if answer.exists() else []
    told = {result["unique_id"].rsplit(".", 1)[1]: result for result in results}
    # dbt tells an empty dataset's newest record from the first day of the calendar
    if not told or any(result.get("max_loaded_at", "0001") < "1970" for result in told.values()):
        raise BuildFailed("The lake holds no record whose age could be told.")
    return {
        name: (result["status"], result["max_loaded_at_time_ago_in_s"] / 3600)
        for name, result in told.items()
    }


def _run(
    arguments: list[str],
    warehouse_path: Path,
    lake_dir: Path,
    target: Path,
    *,
    may_fail: bool = False,
) -> None:
    variables = {"warehouse_path": str(warehouse_path), "lake_dir": str(lake_dir)}
    places = {
        "--project-dir": PROJECT_DIR,
        "--profiles-dir": PROJECT_DIR / "dbt_project",
        "--target-path": target,
        "--log-path": target / "logs",
        "--vars": json.dumps(variables),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-version-check"]
    command += arguments + [str(part) for place in places.items() for part in place]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=die_with_parent
    )
    if ended.returncode != 0 and not may_fail:
        raise BuildFailed(f"dbt could not run: {ended.stdout.strip()[-500:]}")
