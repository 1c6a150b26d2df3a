"""Acts on flags that are stored but in no published set yet, so that pages can tell of them.

The web writes them, one process; open pages watch the file. Nothing is decided by it: what an act
means is computed by dbt, and a set that has the act takes its place.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.lake import write_durably


@dataclass(frozen=True)
class Act:
    """One stored act on one flag; `version` is higher where it takes an earlier one back."""

    action_id: str
    version: int
    flag_id: str
    action: str
    acted_by: str
    acted_at: datetime
    assignee: str | None = None
    reason_code: str | None = None

    @property
    def tutor_id(self) -> str:
        return self.flag_id.partition("|")[0]


def read_acts(path: Path) -> tuple[Act, ...]:
    """Returns the acts, oldest first; none before the first."""
    try:
        rows = json.loads(path.read_text())
    except FileNotFoundError:
        return ()
    return tuple(Act(**row | {"acted_at": datetime.fromisoformat(row["acted_at"])}) for row in rows)


def write_acts(path: Path, acts: list[Act]) -> None:
    """Replaces what is told; open pages see it within a second."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = [asdict(act) | {"acted_at": act.acted_at.isoformat()} for act in acts]
    write_durably(path, json.dumps(rows).encode())
