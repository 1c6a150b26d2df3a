"""Risks of sessions, told a day ahead, beside the raw rate, LightGBM and the true chance.

The last 30 % of slots are judged; LightGBM is fitted on those before them, once per world.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from bench.validity_boosting import boosted_chances
from bench.validity_history import slots_with_history
from bench.validity_world import NotThereYet, Warehouse
from synthetic.chances import TUTOR_CANCELS
from synthetic.world import World

TEST_SHARE = 0.3
ASKED_HOURS = 24
_LEDGER_SCHEMA = {
    "session_id": pl.String,
    "kind": pl.String,
    "ours": pl.Float64,
    "case_mix": pl.Float64,
    "outcome": pl.Int32,
}


@dataclass(frozen=True)
class Risk:
    """A kind of the prediction ledger: which slots it is for, what counts, and who knows better."""

    kind: str
    population: pl.Expr
    happened: pl.Expr
    event: str
    of: str
    """The raw rate of this event, of these counts of the tutor, is the naive rule."""
    true_chance: pl.Expr


def _raw(whose: str, event: str, of: str = "slots") -> pl.Expr:
    """The raw rate of the event; of those without a slot yet it is the platform's."""
    platform = pl.col(f"platform_28_{event}") / pl.col(f"platform_28_{of}")
    own = pl.col(f"{whose}_{event}") / pl.col(f"{whose}_{of}")
    return pl.when(pl.col(f"{whose}_{of}") > 0).then(own).otherwise(platform).fill_null(0)


_is_absent = pl.col("absent") == 1
_is_due = (pl.col("status") == "completed") | _is_absent
_is_tutors_cancellation = (pl.col("cancellation").struct.field("initiator") == "tutor").fill_null(
    False
)
_is_judged_first = pl.col("is_first_session_true") & (_is_absent | (pl.col("rated") == 1))
# a slot is due unless it was moved or cancelled; the oracle is asked about those that are
_true_moved, _true_absent = pl.col("reschedule_chance"), pl.col("tutor_no_show_chance")
_true_due = 1 - _true_moved - pl.col("tutor_cancel_chance") / TUTOR_CANCELS
RISKS = (
    Risk("reschedule", pl.lit(True), pl.col("is_moved"), "moved", "slots", _true_moved),
    Risk("no_show", _is_due, _is_absent, "absent", "slots", _true_absent / _true_due),
    Risk(
        "poor_first_session",
        _is_judged_first,
        _is_absent | (pl.col("poor") == 1),
        "poor",
        "rated",
        (_true_absent + pl.col("poor_chance")) / _true_due,
    ),
)
_LEDGER = """
    select session_id, kind, probability as ours, base_probability as case_mix,
        cast(outcome as integer) as outcome
    from marts.fct_predictions where outcome is not null
"""


def risk_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per slot of the last 30 % of slots and kind of risk.

    `happened` is 0 or 1; the chances told before it are `naive` (all time), `naive_90_days`,
    `platform` (its last four weeks), `lightgbm` and `oracle` (the true chance); `ours` and
    `case_mix` are the ledger's, null while there is none. With a ledger only its slots are judged.
    """
    slots = slots_with_history(world).join(world.truth.sessions, on="session_id", suffix="_true")
    ledger = _read_ledger(warehouse)
    return pl.concat([_judge(risk, slots, ledger) for risk in RISKS])


def _read_ledger(warehouse: Warehouse) -> pl.DataFrame:
    try:
        return warehouse.ask(_LEDGER)
    except NotThereYet:
        return pl.DataFrame(schema=_LEDGER_SCHEMA)


def _judge(risk: Risk, slots: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    asked = _asked(risk, slots, ledger)
    cut = judged_from(asked)
    judged = asked.with_columns(lightgbm=pl.Series(boosted_chances(asked, "happened", cut)))
    return judged.filter(pl.col("session_date") >= cut).select(
        "session_id",
        "tutor_id",
        "session_date",
        "happened",
        "ours",
        "case_mix",
        "lightgbm",
        kind=pl.lit(risk.kind),
        naive=_raw("tutor_all", risk.event, risk.of),
        naive_90_days=_raw("tutor_recent", risk.event, risk.of),
        platform=_raw("platform_28", risk.event, risk.of),
        oracle="oracle",
    )


def _asked(risk: Risk, slots: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """The slots that are asked about: the ledger's if it has any, with what it told."""
    told = ledger.filter(pl.col("kind") == risk.kind).drop("kind")
    if told.is_empty():
        empty = pl.lit(None, pl.Float64)
        known = slots.filter(risk.population).with_columns(happened=risk.happened.cast(pl.Int32))
        return known.with_columns(ours=empty, case_mix=empty, oracle=risk.true_chance)
    known = slots.join(told, on="session_id").with_columns(happened="outcome")
    chance = _true_change(known, slots) if risk.kind == "reschedule" else risk.true_chance
    return known.with_columns(oracle=chance)


def _true_change(known: pl.DataFrame, slots: pl.DataFrame) -> pl.Expr:
    """The true chance of what the ledger counts as a reschedule, of the slots that it counts.

    It may count cancellations by the tutor, and it may leave out slots that had been moved a day
    before, or that were lost by no doing of the tutor's. The last makes what is left likelier.
    """
    chance = _true_moved
    if known.filter(pl.col("is_moved"), pl.col("notice_hours") > ASKED_HOURS).is_empty():
        chance = pl.col("last_day_reschedule_chance")
    happens = pl.col("is_moved")
    if not known.filter(_is_tutors_cancellation, pl.col("happened") == 1).is_empty():
        chance += pl.col("tutor_cancel_chance")
        happens |= _is_tutors_cancellation
    is_known = pl.col("session_id").is_in(known["session_id"].implode())
    shares = dict(slots.group_by(happens.alias("happens")).agg(is_known.mean()).iter_rows())
    kept = float(shares[False]) / float(shares[True])
    conditional: pl.Expr = chance / (chance + (1 - chance) * kept)
    return conditional


def judged_from(slots: pl.DataFrame) -> date:
    """Returns the day that 70 % of the slots are before."""
    day: date = slots["session_date"].sort()[int((1 - TEST_SHARE) * slots.height)]
    return day
