"""Every figure of the validity run: what it is, its goal, and for which kinds of world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import validity_day_figures as days
from bench import validity_risk_figures as risks
from bench import validity_tutor_figures as tutors
from bench import validity_week_figures as weeks
from bench.validity_tables import Figures, Tables


@dataclass(frozen=True)
class Measure:
    """One line of the issue's table. A pooled one counts over all worlds instead of averaging."""

    metric: str
    unit: str
    goal: str
    figures: Callable[[Tables], Figures]
    kinds: tuple[str, ...] = ("base",)
    is_pooled: bool = False


MISSPECIFIED = ("interactions", "regime", "reporting", "season")
EVERYWHERE = ("base", *MISSPECIFIED)
ORDERED = (
    ("no_show", "risks", "no_show"),
    ("poor_first_session", "risks", "poor_first_session"),
    ("student_churn", "student_churn", ""),
    ("tutor_churn", "tutor_churn", ""),
)
MEASURES = [
    Measure("flags_false_share", "%", "<= 6", tutors.false_share_of_flags, EVERYWHERE),
    Measure("flags_power", "share", ">= 0.40", tutors.power_of_flags, EVERYWHERE),
    Measure("weekly_flags_false_share", "%", "<= 6", weeks.weekly_false_share, EVERYWHERE),
    Measure("weekly_flags_power", "share", ">= 0.40", weeks.weekly_power, EVERYWHERE),
    Measure("flagged_when_all_equal", "%", "<= 0.1", tutors.flagged_when_equal, ("null",)),
    Measure("tutors_without_rate", "%", "<= 0", tutors.tutors_without_rate, EVERYWHERE),
    Measure("coverage", "%", "88-92", tutors.interval_coverage(1, 10**9), EVERYWHERE),
    Measure("coverage_below_15_sessions", "%", "86-94", tutors.interval_coverage(1, 15)),
    Measure("coverage_15_to_59_sessions", "%", "86-94", tutors.interval_coverage(15, 60)),
    Measure("coverage_from_60_sessions", "%", "86-94", tutors.interval_coverage(60, 10**9)),
    Measure("interval_width", "points", "<= 15", tutors.interval_width, EVERYWHERE),
    Measure("rate_rmse_over_naive", "ratio", "<= 0.72", tutors.rate_error, EVERYWHERE),
    Measure("rate_spearman", "correlation", ">= 0.79", tutors.rate_order, EVERYWHERE),
    Measure("risk_gap_closed", "%", ">= 28", risks.gap_closed, EVERYWHERE),
    Measure("risk_skill_over_lightgbm", "ratio", ">= 1.05", risks.skill_over_boosting, EVERYWHERE),
    Measure("risk_calibration_error", "%", "<= 0.9", risks.calibration_error, EVERYWHERE),
    Measure("risk_calibration_slope", "slope", "0.95-1.05", risks.calibration_slope, EVERYWHERE),
    Measure("risk_told_too_high", "points", "measure", risks.calibration_in_the_large, EVERYWHERE),
    Measure("drift_found_in_45_days", "share", ">= 0.45", days.drift_found, is_pooled=True),
    Measure("drift_flags_found", "share", "measure", days.drift_flags_found, is_pooled=True),
    Measure(
        "drift_flags_false_alarms",
        "per 100 months",
        "<= 5",
        days.drift_flags_false_alarms,
        is_pooled=True,
    ),
    Measure(
        "wrong_flags_case_mix_tilt",
        "ratio",
        "0.8-1.25",
        weeks.wrong_flag_tilt(weeks.hardest_fifth),
        is_pooled=True,
    ),
    Measure(
        "wrong_flags_subject_tilt",
        "ratio",
        "0.8-1.25",
        weeks.wrong_flag_tilt(weeks.hardest_subjects),
        is_pooled=True,
    ),
    Measure(
        "wrong_flags_west_over_east",
        "ratio",
        "0.8-1.25",
        weeks.wrong_flag_tilt(weeks.west_and_east),
        is_pooled=True,
    ),
    Measure("weekly_rank_stability", "correlation", ">= 0.985", days.rank_stability, EVERYWHERE),
    *(
        Measure(f"{name}_{what}", "%", goal, figure(table, kind), EVERYWHERE)
        for name, table, kind in ORDERED
        for what, goal, figure in (
            ("auc_of_oracle", "measure", risks.order_share),
            ("auc_gap_closed", ">= 50", risks.order_gap_closed),
        )
    ),
    Measure("score_coverage", "%", "88-92", tutors.score_coverage, EVERYWHERE),
    Measure("score_spearman", "correlation", "measure", tutors.score_order, EVERYWHERE),
]
