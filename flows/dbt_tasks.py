"""A full build of which each model and test is a task in the Prefect UI.

dbt still runs in a process of its own that ends with the build. That process is given the context
of the flow run that asks for it, so that the tasks it makes belong to that run.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from pathlib import Path
from typing import Any

import cloudpickle

from flows.dbt_process import FULL, Answer, FullBuild, answer_build, child_arguments, run_dbt

_LAST_WORDS_SECONDS = 60


def run_dbt_as_tasks(build: FullBuild) -> Answer:
    """Returns what came of a full build in a child process; to be called within a flow run.

    Raises:
        BuildFailed: dbt could not run at all.
    """
    from prefect.context import serialize_context

    # models lie beside the task that waits for them, not inside it
    context = serialize_context() | {"task_run_context": {}}
    packed = base64.b64encode(cloudpickle.dumps(context)).decode()
    return run_dbt(build, "flows.dbt_tasks", context=packed)


def main() -> None:
    told = json.load(sys.stdin)
    context = cloudpickle.loads(base64.b64decode(told.pop("context")))
    answer_build(FullBuild(**told), lambda build: _build(build, context))


def _build(build: FullBuild, context: dict[str, Any]) -> Any:
    from dbt_common.events.base_types import EventLevel
    from prefect.context import hydrated_context
    from prefect_dbt import PrefectDbtRunner, PrefectDbtSettings

    settings = PrefectDbtSettings(
        project_dir=Path(build.project_dir),
        profiles_dir=Path(build.project_dir) / "dbt_project",
        target_path=Path(build.folder) / "target",
        # said, since it would be read from Prefect's own, whose words dbt does not all know
        log_level=EventLevel.INFO,
    )
    with hydrated_context(context):
        runner = PrefectDbtRunner(settings=settings, raise_on_failure=False)
        try:
            answer = runner.invoke([*FULL, *child_arguments(build)], log_level_file="none")
        except ValueError as error:  # so it says that dbt could not run at all
            sys.exit(str(error))
        _wait_for_tasks()
    return answer.result


def _wait_for_tasks() -> None:
    # each task is a thread that nobody waits for; one cut off would be shown as running for ever
    for thread in threading.enumerate():
        if thread.name.endswith("(run_task)"):
            thread.join(_LAST_WORDS_SECONDS)


if __name__ == "__main__":
    main()
