"""Who looks at an open page, as the login says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.selection import EVERYBODY, NOBODYS, Selection


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
        """Returns whose rows this person may see: of `teams`, of all without any, or their own."""
        if self.is_tutor:
            return Selection(tutor=self.tutor_id) if self.tutor_id else NOBODYS
        return Selection(teams=self.teams) if self.teams else EVERYBODY

    def name_of(self, username: str) -> str:
        """Returns `you`, or the name to show of a colleague."""
        return "you" if username == self.username else self.people.get(username, username)


NOBODY = Viewer()
