"""Who asks: a person with a login, or an API client with a token."""

from __future__ import annotations

from dataclasses import dataclass

from core.selection import Selection, rights_of

ACTING_ROLES = ("admin", "coach")


@dataclass(frozen=True)
class Caller:
    """Who asks; `is_browser` tells a login cookie from a token."""

    username: str
    display_name: str
    role: str
    is_browser: bool
    teams: tuple[str, ...] = ()
    tutor_id: str = ""

    @property
    def selection(self) -> Selection:
        """Returns whose rows this caller may see."""
        return rights_of(self.role, self.teams, self.tutor_id)

    @property
    def may_act(self) -> bool:
        """Returns whether this person looks after tutors: acts on flags, and may read students."""
        return self.is_browser and self.role in ACTING_ROLES

    @property
    def may_export_students(self) -> bool:
        """Returns whether rows with student ids may be taken away: by token, admin or analyst."""
        return not self.is_browser or self.role in ("admin", "analyst")
