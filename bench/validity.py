"""Whether scores and risks are right: fresh worlds through the real dbt project, against the truth.

`python -m bench.validity` makes base worlds, worlds in which all tutors are equal, and worlds that
break what the formulas assume; none has a seed that formulas were tuned on. It prints one JSON line
a figure, with mean and range over worlds, beside the naive rule's and the oracle's where there is
one. Tables stay in `artifacts/validity`, where the notebook `validity.py` finds them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from math import isnan

from bench.report import tell
from bench.validity_churn import student_churn_table, tutor_churn_table
from bench.validity_days import drift_table, week_table
from bench.validity_measures import MEASURES
from bench.validity_oracle import oracle_table
from bench.validity_page import write_images, write_page
from bench.validity_pictures import picture_tables
from bench.validity_risk import risk_table
from bench.validity_scores import score_table
from bench.validity_summary import Line, summarise
from bench.validity_tables import FOLDER, Maker, Tables, make_tables, read_tables
from bench.validity_tutors import tutor_table
from bench.validity_world import Plan, built, plan_worlds

MAKERS: dict[str, Maker] = {
    "tutors": tutor_table,
    "weeks": week_table,
    "drift": drift_table,
    "scores": score_table,
    "risks": risk_table,
    "student_churn": student_churn_table,
    "tutor_churn": tutor_churn_table,
}
# when all tutors are equal there is nothing to know, and the filter knows the base world's law only
MAKERS_OF_KIND: dict[str, dict[str, Maker]] = {
    "null": {"tutors": tutor_table},
    "base": MAKERS | {"oracle": oracle_table},
}
PICTURES = FOLDER / "pictures"


def main() -> None:
    options = _parse()
    worlds: dict[str, dict[str, Tables]] = {}
    for plan in plan_worlds(options.seed, options.worlds, options.small):
        if plan.kind in (options.kinds or [plan.kind]):
            tables = read_tables(FOLDER / plan.name) if options.again else _judge(plan)
            worlds.setdefault(plan.kind, {})[plan.name] = tables
    lines = list(summarise(MEASURES, worlds))
    for line in lines:
        if _is_known(line):
            tell(line.metric, line.rules["ours"].mean, line.unit, line.goal, **line.facts)
    for line in {line.metric: line for line in reversed(lines) if not _is_known(line)}.values():
        _tell_missing(line)
    (FOLDER / "figures.json").write_text(json.dumps([asdict(line) for line in lines]))
    if "base" in worlds:
        _keep_pictures(worlds["base"], lines, options.write_docs)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.validity", description=__doc__)
    parser.add_argument("--worlds", type=int, default=5, help="base worlds, and as many null ones")
    parser.add_argument("--small", action="store_true", help="a fifth of the size")
    parser.add_argument("--seed", type=int, default=1_000, help="of the first world")
    parser.add_argument("--kinds", nargs="*", help="only these kinds of world")
    parser.add_argument("--again", action="store_true", help="figures of the tables kept last time")
    parser.add_argument("--write-docs", action="store_true", help="also write docs/validity.md")
    return parser.parse_args()


def _judge(plan: Plan) -> Tables:
    started = time.monotonic()
    world = plan.make()
    with built(world) as warehouse:
        made = time.monotonic() - started
        tables = make_tables(MAKERS_OF_KIND.get(plan.kind, MAKERS), world, warehouse)
    tables.write(FOLDER / plan.name)
    judged = time.monotonic() - started - made
    _say(
        f"{plan.name}: {world.sessions.height:,} records, built in {made:.0f} s, "
        f"judged in {judged:.0f} s"
    )
    return tables


def _keep_pictures(base: dict[str, Tables], lines: list[Line], write_docs: bool) -> None:
    pictures = picture_tables(base)
    PICTURES.mkdir(exist_ok=True)
    for name, frame in pictures.items():
        frame.write_parquet(PICTURES / f"{name}.parquet")
    if write_docs:
        asked = [option for option in sys.argv[1:] if option != "--again"]
        write_page(lines, " ".join(["python -m bench.validity", *asked]))
        write_images(pictures)


def _is_known(line: Line) -> bool:
    return "ours" in line.rules and not isnan(line.rules["ours"].mean)


def _tell_missing(line: Line) -> None:
    beside = {rule: round(spread.mean, 3) for rule, spread in line.rules.items()}
    why = "nothing to count" if "ours" in beside else line.why_missing or "no model makes it"
    _say(f"{line.metric} ({line.kind}): not there yet, {why}. {beside}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
