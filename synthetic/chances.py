"""The chances of what can happen to a lesson, all latent values being known.

Formulas are those of `validity.md` §5 of the project's reference, unless a comment says why not.
All take arrays that broadcast: one entry per lesson, or tutors by lessons.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from synthetic.people import Flags, Floats

STUDENT_RESCHEDULES = 0.0022
TUTOR_CANCELS = 0.1
"""The share of cancellations that are the tutor's."""
TECHNICAL = 0.015
STARS_ABOVE = (-1.8, -1.45, -1.15, -0.75)
"""Satisfaction above which a student gives two, three, four and five stars."""
POOR_BELOW = -1.45
NOISE = 0.85
"""Standard deviation of satisfaction, all else being known."""
PER_LATE_MINUTE, PER_TECHNICAL_ISSUE = 0.035, 0.9
NOTICE_SPREAD = 1.1
LONGEST_NOTICE = 0.95
"""The share of the time since the booking that a notice can take."""
NO_SHOW_END_LOGIT = 3.6
"""What a lesson that the tutor missed adds to the logit that the student goes."""
END_EARLY, END_EARLY_AFTER_LATE = 0.03, 0.05
"""The chance that a tutor leaves before the end, and that of a tutor who came late."""
# Press et al., Numerical Recipes: erfc by a Chebyshev fit, relative error below 1.2e-7 everywhere
_ERFC = (
    *(-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806),
    *(0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277),
)


def logit_to_chance(logit: Floats) -> Floats:
    """Returns the probability, 0 to 1."""
    chance: Floats = 1 / (1 + np.exp(-logit))
    return chance


def normal_below(z: Floats) -> Floats:
    """Returns the chance that a standard normal value is below `z`."""
    x = np.abs(z) * np.sqrt(0.5)
    t = 1 / (1 + 0.5 * x)
    fit = np.full_like(t, _ERFC[-1])
    for coefficient in _ERFC[-2::-1]:
        fit = fit * t + coefficient
    tail = 0.5 * t * np.exp(fit - x * x)
    below: Floats = np.where(z < 0, tail, 1 - tail)
    return below


def cancel_chance(unreliability: Floats, is_first: Flags) -> Floats:
    """Returns the chance that a lesson which was not moved is cancelled, by whomever."""
    return logit_to_chance(-3.75 + 0.6 * unreliability + 0.3 * is_first)


def tutor_absent_chance(no_show: Floats, is_early: Flags, is_leaving: Any) -> Floats:
    """Returns the chance that the tutor misses a lesson that was neither moved nor cancelled."""
    return logit_to_chance(-4.78 + no_show + 0.25 * is_early + 0.3 * is_leaving)


def student_absent_chance(unreliability: Floats, is_first: Flags) -> Floats:
    """Returns the same for the student."""
    return logit_to_chance(-5.2 + 0.7 * unreliability + 0.5 * is_first)


def late_chance(lateness: Floats) -> Floats:
    """Returns the chance that a tutor who comes is late at all."""
    return logit_to_chance(-2.3 + lateness)


def late_minutes(lateness: Floats) -> Floats:
    """Returns by how many minutes one who is late is late on average; they are exponential."""
    minutes: Floats = 6 * np.exp(0.3 * lateness)
    return minutes


def later_than_chance(minutes: float, lateness: Floats) -> Floats:
    """Returns the chance that a tutor who comes is late by more than so many minutes."""
    chance: Floats = late_chance(lateness) * np.exp(-minutes / late_minutes(lateness))
    return chance


def log_notice_hours(reliability: Floats) -> Floats:
    """Returns the log of the median notice in hours of a move or a cancellation."""
    hours: Floats = np.log(20) - 0.25 * reliability
    return hours


def satisfaction(
    quality: Floats,
    first_session: Floats,
    is_first: Flags,
    liking: Floats,
    leniency: Floats,
    difficulty: Floats,
    first_effect: Floats | float = 0.0,
) -> Floats:
    """Returns the mean satisfaction with a lesson that is punctual and without technical issue."""
    mean: Floats = (
        0.6 * quality
        + 0.35 * first_session * is_first
        + liking
        + leniency
        - 0.25 * difficulty * is_first
        - 0.2 * is_first
        + first_effect * is_first
    )
    return mean


def satisfied_below_chance(limit: float, mean: Floats, lateness: Floats) -> Floats:
    """Returns the chance that a student is satisfied less than `limit` with a held lesson.

    A mixture: punctual or late (a normal less an exponential value), with an issue or without.
    """
    late = late_chance(lateness)
    decay = 1 / (PER_LATE_MINUTE * late_minutes(lateness))

    def below(gap: Floats) -> Floats:
        z = gap / NOISE
        punctual = normal_below(z)
        tilt = np.exp(decay * gap + 0.5 * (decay * NOISE) ** 2)
        return punctual + late * tilt * normal_below(-z - decay * NOISE)

    gap: Floats = np.subtract(limit, mean)
    plain, with_issue = below(gap), below(gap + PER_TECHNICAL_ISSUE)
    return (1 - TECHNICAL) * plain + TECHNICAL * with_issue


def end_logit(is_first: Flags, is_moved_by_tutor: Flags, quality: Floats) -> Floats:
    """Returns the logit that the student goes after a lesson that was neither poor nor missed.

    Students go sooner than in §5, whose world begins with first sessions only: this one is told of
    from its middle, and still has to come to 10 % first sessions.
    """
    logit: Floats = -3.1 + 0.05 * is_first + 0.45 * is_moved_by_tutor - 0.25 * quality
    return logit


def poor_end_logit(is_first: Flags) -> Floats:
    """Returns what a poor lesson adds; a poor first one weighs most."""
    return 1.9 + 1.6 * is_first.astype(np.float64)
