"""Who looks at an open page, as the login says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.selection import Selection, rights_of


@dataclass(frozen=True)
class Viewer:
    """One person with an open page. `people` has the names of all who may look after a case."""

    username: str = ""
    display_name: str = ""
    role: str = ""
    may_act: bool = False
    teams: tuple[str, ...] = ()
    tutor_id: str = ""
    people: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Mapping[str, Any]) -> Viewer:
        """Returns whom the login's claims tell of; without a login somebody who only looks."""
        known = {name: user[name] for name in cls.__dataclass_fields__ if name in user}
        return cls(**known)

    @property
    def is_tutor(self) -> bool:
        """Returns whether this person looks at themselves."""
        return self.role == "tutor"

    @property
    def selection(self) -> Selection:
        """Returns whose rows this person may see."""
        return rights_of(self.role, self.teams, self.tutor_id)

    def name_of(self, username: str) -> str:
        """Returns `you`, or the name to show of a colleague."""
        return "you" if username == self.username else self.people.get(username, username)


NOBODY = Viewer()
