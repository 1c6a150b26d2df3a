"""What became of the models and tests of a build."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import WorkbenchError

PROJECT_MARK = "project.sha256"  # beside the warehouse: what it was last built in full by


class BuildFailed(WorkbenchError):
    title = "Build failed"


class GateClosed(WorkbenchError):
    title = "Nothing was published"


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test; `seconds` is wall time.

    `rows` is how many rows a table got: those of this build, or in a full build all there are.
    """

    name: str
    kind: str
    status: str
    seconds: float
    message: str
    rows: int | None = None

    @property
    def is_good(self) -> bool:
        return self.status in {"success", "pass", "no-op"}


def refuse_failures(results: list[NodeResult]) -> None:
    """Raises GateClosed, naming what failed, unless every model was built and every test passed."""
    if failed := [f"{result.name} ({result.status})" for result in results if not result.is_good]:
        raise GateClosed(f"The sets published before stay, because of: {', '.join(failed)}.")
