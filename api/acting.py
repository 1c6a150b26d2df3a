"""Passes what people do about flags on to ingest, and refuses what was decided on a stale page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.caller import Caller
from api.ingest_state import IngestClient
from core.contract import ID_PATTERN
from core.errors import Conflict, NotAllowed, NotFound
from core.marts import Marts
from core.under_way import Act, read_acts, write_acts

_DID = {
    "acknowledge": "acknowledged",
    "assign": "assigned",
    "snooze": "snoozed",
    "resolve": "resolved",
    "dismiss": "dismissed",
    "dispute": "disputed",
    "note": "wrote a note about",
    "undo": "took something back about",
}
_EXAMPLE: dict[str, Any] = {
    "action_id": "9f86d081884c7d65",
    "flag_ids": ["T-1043|reliability|2026-11-20"],
    "action": "snooze",
    "seen_seq": 251000,
    "until_sessions": 8,
    "until_worse": True,
}
Row = dict[str, Any]
ActionId = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
FlagId = Annotated[str, Field(pattern=r"^[^|]+\|[^|]+\|[^|]+$", max_length=300)]
Words = Annotated[str, Field(max_length=200)]


class ActionIn(BaseModel):
    """One thing that a person does about all flags of one tutor."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    action_id: ActionId = Field(description="of your making; the same again is the same action")
    flag_ids: Annotated[list[FlagId], Field(min_length=1, max_length=20)]
    action: Literal["acknowledge", "assign", "snooze", "resolve", "dismiss", "dispute", "note"]
    seen_seq: Annotated[int, Field(ge=0)] = Field(
        description="the highest ingest_seq of the actions that the person had seen; 0 for none"
    )
    agrees: bool | None = None
    assignee: Words | None = None
    until: AwareDatetime | None = None
    until_sessions: Annotated[int, Field(ge=1, le=1000)] | None = None
    until_worse: bool | None = None
    reason_code: Words | None = None
    note: Annotated[str, Field(max_length=2_000)] | None = None

    def records(self, now: datetime) -> list[Row]:
        """Returns one record of the contract for each flag."""
        told = self.model_dump(
            mode="json", exclude={"action_id", "flag_ids", "seen_seq"}, exclude_none=True
        )
        return [
            {"action_id": f"{self.action_id}.{place}", "flag_id": flag_id, **told}
            | {"sent_at": now.isoformat()}
            for place, flag_id in enumerate(self.flag_ids)
        ]


class UndoIn(BaseModel):
    """Actions that their own person takes back."""

    model_config = ConfigDict(extra="forbid")

    action_ids: Annotated[list[ActionId], Field(min_length=1, max_length=20)]


@dataclass(frozen=True)
class FlagDesk:
    """What people do passes here, one after the other; ingest keeps it.

    What is stored already but in no published set yet is kept in a file, for pages to tell of.
    """

    marts: Marts
    ingest: IngestClient
    clock: Callable[[], datetime]
    acts_path: Path
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def act(self, caller: Caller, asked: ActionIn) -> list[str]:
        """Returns the ids of the actions that are now stored, one for each flag.

        Raises:
            NotFound: the flags are of no tutor that the published set has.
            Conflict: somebody else acted on them after the page was shown.
            Unavailable: ingest does not answer; nothing may be stored.
        """
        self._refuse_unknown(caller, asked.flag_ids)
        with self.one_at_a_time:
            self._refuse_stale(caller, asked)
            return self._keep(caller, asked.records(self.clock()))

    def undo(self, caller: Caller, asked: UndoIn) -> list[str]:
        """Returns the ids of the actions that are taken back now.

        Raises:
            NotFound: there is no such action.
            NotAllowed: somebody else did it, and the person is no admin.
            Conflict: it was taken back before.
        """
        with self.one_at_a_time:
            actions = self._actions(caller, "action_id", asked.action_ids)
            if len(actions) < len(set(asked.action_ids)):
                raise NotFound("There is no such action. Load the page again.")
            for action in actions:
                _refuse_foreign(caller, action)
            return self._keep(caller, [_undoing(action, self.clock()) for action in actions])

    def _refuse_unknown(self, caller: Caller, flag_ids: Iterable[str]) -> None:
        tutors = {flag_id.partition("|")[0] for flag_id in flag_ids}
        query = "SELECT 1 FROM rpt_tutor_scorecards WHERE list_contains(?, tutor_id)"
        if len(self.marts.rows(query, [list(tutors)], caller.selection)) < len(tutors):
            raise NotFound("There is no such flag. Load the page again.")

    def _refuse_stale(self, caller: Caller, asked: ActionIn) -> None:
        unseen = [
            action
            for action in self._actions(caller, "flag_id", asked.flag_ids)
            if action["ingest_seq"] is None or action["ingest_seq"] > asked.seen_seq
            if action["acted_by"] != caller.username
        ]
        if unseen:
            last = max(unseen, key=lambda action: action["acted_at"])
            raise Conflict(
                f"{last['acted_by']} {_DID[last['action']]} this "
                f"{_ago(self.clock() - last['acted_at'])}, after this page was shown. "
                "See what was done, then act again if it is still needed."
            )

    def _actions(self, caller: Caller, column: str, values: list[str]) -> list[Row]:
        query = f"""
            SELECT action_id, version, flag_id, action, acted_by, acted_at, ingest_seq
            FROM fct_flag_actions WHERE list_contains(?, {column})
        """
        known = {
            row["action_id"]: row for row in self.marts.rows(query, [values], caller.selection)
        }
        for act in read_acts(self.acts_path):
            row = vars(act) | {"ingest_seq": None}
            is_newer = act.version > known.get(act.action_id, {"version": 0})["version"]
            if row[column] in values and is_newer:
                known[act.action_id] = row
        return list(known.values())

    def _keep(self, caller: Caller, records: list[Row]) -> list[str]:
        self.ingest.act(records, caller.username)
        acts = [_act(record, caller.username) for record in records]
        # an hour is long enough for any set to have it
        last = self.clock() - timedelta(hours=1)
        ids = {act.action_id for act in acts}
        kept = [
            act
            for act in read_acts(self.acts_path)
            if act.acted_at >= last and act.action_id not in ids
        ]
        write_acts(self.acts_path, kept + acts)
        return [act.action_id for act in acts]


def _act(record: Row, username: str) -> Act:
    return Act(
        action_id=record["action_id"],
        version=record.get("version", 1),
        flag_id=record["flag_id"],
        action=record["action"],
        acted_by=username,
        acted_at=datetime.fromisoformat(record["sent_at"]).astimezone(UTC),
        assignee=record.get("assignee"),
        reason_code=record.get("reason_code"),
    )


def _undoing(action: Row, now: datetime) -> Row:
    return {
        "action_id": action["action_id"],
        "version": action["version"] + 1,
        "flag_id": action["flag_id"],
        "action": "undo",
        "reason_code": action["action"],
        "sent_at": now.isoformat(),
    }


def _refuse_foreign(caller: Caller, action: Row) -> None:
    if action["action"] == "undo":
        raise Conflict("This was taken back already.")
    if action["acted_by"] != caller.username and caller.role != "admin":
        raise NotAllowed("Only who did it, or an admin, can take it back.")


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute ago"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} hours ago"
