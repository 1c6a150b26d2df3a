"""What became of the models and tests of a build."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import WorkbenchError

_LONGEST_REASON = 200
_ERROR = re.compile(r"\w Error: ")
_QUOTE = re.compile("['\"]")
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
    """Raises GateClosed, saying what failed and why, unless all is built and every test passed."""
    if not (bad := [result for result in results if not result.is_good]):
        return
    failed = [result for result in bad if result.status != "skipped"] or bad
    rest = len(bad) - len(failed)
    skipped = f" {rest} that follow were skipped." if rest else ""
    reasons = "; ".join(f"{result.name} ({result.status}{_why(result)})" for result in failed)
    raise GateClosed(f"The sets published before stay, because of: {reasons}.{skipped}")


def _why(result: NodeResult) -> str:
    # a database quotes values that it could not work with, and a value may hold quotes itself
    lines = [line.strip() for line in result.message.splitlines() if _ERROR.search(line)]
    said = lines[0] if lines else result.message.strip().partition("\n")[0]
    before, *quoted = _QUOTE.split(said, maxsplit=1)
    return f": {before[:_LONGEST_REASON]}{'…' if quoted else ''}" if said else ""
