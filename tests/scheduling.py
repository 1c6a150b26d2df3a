"""Which tests one worker takes together, and in which order: `--dist loadscope` asks here.

What is costly (processes, built warehouses) is made once if one worker takes all that need it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

_TESTS = Path(__file__).parent
# of fixtures that outlast a file: how a file says that it needs them
_MADE_ONCE = {
    "demo": r"\bdemo: System",
    "built": r"\b(built: Built|(prefect_running|registered): PrefectServer)",
    "whole world": r"\b(full|grown|empty)_warehouse: ",
}
# so that no worker is left with a long one at the end
_LONG_FIRST = ("e2e", "warehouse", "flows", "cli", "notebooks", "oidc", "api")


class ByWhatTheyShare(LoadScopeScheduling):
    """Gives each worker whole files, and files that share what is costly together."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.split("::")[0])


def place(item: pytest.Item) -> int:
    """Returns where a test's room stands among all, the longest first."""
    room = item.path.relative_to(_TESTS).parts[0]
    return _LONG_FIRST.index(room) if room in _LONG_FIRST else len(_LONG_FIRST)


@cache
def _group(path: str) -> str:
    words = (_TESTS.parent / path).read_text()
    found = [group for group, needed in _MADE_ONCE.items() if re.search(needed, words)]
    return found[0] if found else path
