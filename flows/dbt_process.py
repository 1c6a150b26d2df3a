"""dbt in a process of its own that ends with the build: `python -m flows.dbt_process`.

dbt keeps state in its process, leaves the warehouse open there, and takes five seconds of CPU and
90 MB to import; the runner needs it for full builds only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.children import die_with_parent
from core.lake import write_durably
from flows.micro_batch import Step, steps_of
from flows.results import BuildFailed, NodeResult

# Unit tests need no data and guard changes of the project: they run with its tests.
FULL = ["build", "--full-refresh", "--exclude-resource-type", "unit_test"]
# What runs without dbt: models that hold data, and the tests that guard publishing.
_COMPILE = [
    "compile",
    "--select",
    "resource_type:model,config.materialized:incremental",
    "resource_type:model,config.materialized:table",
    "tag:gate",
    "--indirect-selection",
    "empty",
]
# Weekly fits do not change with what comes live.
_MICRO_BATCH = [*_COMPILE, "--exclude", "tag:nightly"]
_ANEW = [*_COMPILE, "--full-refresh"]


@dataclass(frozen=True)
class FullBuild:
    """What dbt is asked for; `answer` is the file that gets what came of it."""

    project_dir: str
    folder: str
    answer: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of each model and test, and the steps of the builds that follow without dbt.

    `micro_batch` works in what is new, `anew` makes every table from the lake.
    """

    results: list[NodeResult]
    micro_batch: list[Step]
    anew: list[Step]

    @classmethod
    def read(cls, path: Path) -> Answer:
        content = json.loads(path.read_text())
        return cls(
            [NodeResult(**result) for result in content["results"]],
            [Step(**step) for step in content["micro_batch"]],
            [Step(**step) for step in content["anew"]],
        )


def run_dbt(build: FullBuild, module: str = "flows.dbt_process", **told: str) -> Answer:
    """Returns what came of a full build in a child process, which runs `module`.

    Raises:
        BuildFailed: dbt could not run at all.
    """
    child = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(asdict(build) | told),
        capture_output=True,
        text=True,
        preexec_fn=die_with_parent,
    )
    if child.returncode != 0:
        raise BuildFailed(f"dbt could not run: {child.stderr.strip()}")
    return Answer.read(Path(build.answer))


def main() -> None:
    answer_build(
        FullBuild(**json.load(sys.stdin)), lambda build: invoke(build, [*FULL, "--no-write-json"])
    )


def answer_build(build: FullBuild, run: Callable[[FullBuild], Any]) -> None:
    """Builds by `run`, which returns dbt's results, then compiles, and leaves the answer."""
    results = [_node_result(node) for node in run(build).results]
    answer = Answer(results, [], [])
    if all(result.is_good for result in results):
        answer = Answer(results, compiled_steps(build, _MICRO_BATCH), compiled_steps(build, _ANEW))
    write_durably(Path(build.answer), json.dumps(asdict(answer)).encode())


def compiled_steps(build: FullBuild, command: list[str]) -> list[Step]:
    """Returns what `command` compiles, each step after those that it reads."""
    compiled = invoke(build, command)
    manifest = json.loads((Path(build.folder) / "target" / "manifest.json").read_text())
    return steps_of([result.node for result in compiled.results], manifest["parent_map"])


def invoke(build: FullBuild, arguments: list[str]) -> Any:
    """Returns what dbt says to `arguments` in this process, over the folders of `build`."""
    from dbt.cli.main import dbtRunner

    places = {
        "--project-dir": build.project_dir,
        "--profiles-dir": f"{build.project_dir}/dbt_project",
        "--target-path": f"{build.folder}/target",
    }
    answer = dbtRunner().invoke(
        ["--quiet", "--no-version-check", "--log-level-file", "none", *arguments]
        + [part for place in places.items() for part in place]
        + child_arguments(build)
    )
    if answer.result is None:
        sys.exit(str(answer.exception))
    return answer.result


def child_arguments(build: FullBuild) -> list[str]:
    """Returns what every command of dbt is told of the build."""
    return ["--log-path", f"{build.folder}/logs", "--vars", json.dumps(build.variables)]


def _node_result(node: Any) -> NodeResult:
    return NodeResult(
        name=node.node.name,
        kind=str(node.node.resource_type),
        status=str(node.status),
        seconds=node.execution_time,
        message=node.message or "",
    )


if __name__ == "__main__":
    main()
