"""Which marts may be taken away whole, and the query that gives their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.parameters import ExportQuery
from api.queries.selecting import IN_NAME_OR_ID, where
from core.errors import BadInput
from core.snapshot import Snapshot

# Name: the day that `from` and `to` choose by, if it has one. Reviews of single sessions stay
# where people grade them, and what is in no published set cannot be given.
EXPORTS: dict[str, str | None] = {
    "dim_tutors": None,
    "fct_first_sessions": "session_date",
    "fct_flag_actions": "acted_on",
    "fct_flags": "opened_on",
    "fct_interventions": "acted_on",
    "fct_score_evidence": "session_date",
    "fct_session_freshness": "received_date",
    "fct_sessions": "session_date",
    "fct_student_churn": "week_start",
    "fct_tutor_churn": "week_start",
    "fct_tutor_days": "session_date",
    "fct_tutor_scores": "score_date",
    "fct_upcoming_risk": "session_date",
    "rpt_completeness_days": "session_date",
    "rpt_first_session_patterns": None,
    "rpt_freshness": None,
    "rpt_freshness_days": "received_date",
    "rpt_needs_attention": "opened_on",
    "rpt_peer_bands": None,
    "rpt_platform_churn": None,
    "rpt_platform_days": "session_date",
    "rpt_platform_outages": None,
    "rpt_platform_periods": None,
    "rpt_session_reports": None,
    "rpt_tutor_reviews": None,
    "rpt_tutor_scorecards": None,
}
# addresses, and what coaches write to each other, are read where they are shown
_KEPT_BACK = frozenset({"manager_email"})
_KEPT_BACK_OF = {"fct_flag_actions": frozenset({"note"})}
_OF_STUDENTS = frozenset({"student_id", "first_session_of_student_id"})


def kept_back(mart: str, *, with_students: bool = True) -> frozenset[str]:
    """Returns the columns of a mart that are in no file, or in none for who may not take ids."""
    kept = _KEPT_BACK | _KEPT_BACK_OF.get(mart, frozenset())
    return kept if with_students else kept | _OF_STUDENTS


@dataclass(frozen=True)
class Export:
    """The rows to give: the columns of a mart by name and type, and a query over it."""

    mart: str
    columns: dict[str, str]
    clause: str
    parameters: list[Any]

    def query(self, expressions: str) -> str:
        """Returns the query that gives `expressions` of each row."""
        return f"SELECT {expressions} FROM {self.mart} {self.clause}"


def choose_export(
    snapshot: Snapshot, mart: str, query: ExportQuery, *, with_students: bool
) -> Export:
    """Returns what of a mart is to be given; days are both included.

    Raises:
        BadInput: the mart has no such column to choose by.
    """
    described = snapshot.rows(f"DESCRIBE {mart}")
    kinds = {row["column_name"]: row["column_type"] for row in described}
    clause, parameters = where(_conditions(mart, query, kinds))
    kept = kept_back(mart, with_students=with_students)
    shown = {name: kind for name, kind in kinds.items() if name not in kept}
    return Export(mart, shown, clause, parameters)


def _conditions(mart: str, query: ExportQuery, kinds: dict[str, str]) -> dict[str, Any]:
    day, chosen = EXPORTS[mart], query.rows()
    if missing := sorted(chosen.keys() - kinds.keys()):
        raise BadInput(f"This mart has no {missing[0]} to choose by: leave it out.")
    if query.search and not {"display_name", "tutor_id"} <= kinds.keys():
        raise BadInput("This mart has no names to search in: leave search out.")
    if (query.first or query.last) and day is None:
        raise BadInput("This mart has no days to choose by: leave from and to out.")
    compared = {name: "<=" if name == "hours_ahead" else "=" for name in chosen}
    return {
        **{f"{name} {sign} ?": chosen[name] for name, sign in compared.items()},
        f"{day} >= ?": query.first,
        f"{day} <= ?": query.last,
        IN_NAME_OR_ID: query.search or None,
    }
