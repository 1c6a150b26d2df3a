"""What no sender knows: for benchmarks and tests only. No room of the workbench may read it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Truth:
    """Five tables. A `chance` is a probability before the slot, all latent values being known; it
    knows of no outage. A `rate` is what a tutor would come to with the same lessons and students as
    all the others. Latent values are on the logit scale."""

    tutors: pl.DataFrame
    """One row per tutor, as on the last of the days told of unless a column says otherwise.

    tutor_id; reschedule_rate: moves by the tutor, of all original slots; change_rate: moves and
    cancellations by the tutor, of all original slots; attendance_rate: missed, late by more than
    5 minutes or ended more than 10 minutes early, of all that were held or missed by the tutor;
    mean_rating: stars if all held sessions were rated; poor_first_rate: two stars or fewer, of held
    first sessions if all were rated; reliability (when the first day began), reliability_at_end,
    quality, no_show, first_session, lateness: latent, more is worse but for quality and
    first_session; is_chronic; has_change_point, changed_on, change: a lasting step in reliability;
    leaves_on: null if not within the days that happen; weekly_leave_hazard: leavings per week.
    """
    tutor_days: pl.DataFrame
    """One row per tutor and day, the days after the end included.

    tutor_id; date; reliability; reschedule_rate as above, on that day; is_active: has begun and not
    left; is_changed: on or after a change point; is_slowing: in the four weeks before leaving.
    """
    sessions: pl.DataFrame
    """One row per slot, those that are not told yet included.

    session_id; engagement; reschedule_chance: the tutor moves it; last_day_reschedule_chance: the
    same if it still stands 24 hours before; tutor_cancel_chance; tutor_no_show_chance;
    late_start_chance: held, and late by more than 5 minutes; early_end_chance: held, and ended more
    than 10 minutes early; attendance_chance: any of these three; poor_chance: held, and satisfied
    so little that a rating would be two stars or fewer; ends_chance: the student goes after it;
    is_in_outage; satisfaction: what it came to, or would have; is_first_session; ends_engagement.
    """
    engagements: pl.DataFrame
    """One row per engagement of a student with a tutor that has lessons.

    engagement; tutor_id; student_id; started_at, last_at: its first and last slot; lesson_count;
    is_new: its first lesson is a first session; ended_at: null while it lasts; end_cause:
    tutor_no_show, poor_first_session, poor_session, tutor_reschedule, other, or tutor_left;
    is_replaced: the student wanted another tutor instead, and null if the tutor left; replaced_by,
    replaced_by_tutor_id: the student's next engagement, if there is one within the days.
    """
    texts: pl.DataFrame
    """One row per planted sentence, and one with nulls per text without any; empty without texts.

    session_id; kind: student_feedback, tutor_notes or transcript; code: one of `phrases.CODES`;
    trap: null if it happened, else negation or third_party: it only sounds like it; quote: the
    sentence as it stands in the text; turn: its place in a transcript, counted from 0, else null.
    """


def write_truth(truth: Truth, folder: Path) -> None:
    """Writes one Parquet file per table, apart from the lake."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in fields(truth):
        getattr(truth, table.name).write_parquet(folder / f"{table.name}.parquet")
