"""Words that stand for one of a few."""

from __future__ import annotations

from typing import Literal

State = Literal["scored", "new_tutor", "not_enough_recent_data"]
Severity = Literal["high", "watch"]
ReportSeverity = Literal["HIGH", "WATCH", "OK", "INFO"]
Component = Literal["reliability", "attendance", "quality", "first_sessions"]
Kind = Literal["reliability", "attendance", "quality", "first_sessions", "drift", "churn"]
Status = Literal["scheduled", "completed", "rescheduled", "cancelled", "no_show"]
Cause = Literal["tutor", "student", "platform", "unknown"]
RiskKind = Literal["reschedule", "no_show", "poor_first_session"]
Grouping = Literal["tutor", "subject", "local_hours", "grade_level"]
PatternState = Literal["enough", "not_enough_data"]
EffectState = Literal["measured", "too_early", "too_few_sessions", "no_peers", "out_of_history"]
Tenure = Literal["new", "months", "years"]
Role = Literal["admin", "coach", "analyst", "tutor"]
PeersState = Literal["told", "too_few_peers"]
FlagStatus = Literal[
    "open",
    "acknowledged",
    "assigned",
    "snoozed",
    "resolved",
    "dismissed",
    "regressed",
    "cleared",
]
