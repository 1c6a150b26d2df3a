"""How well reviews find what is planted in a pretend company's texts, with traps among them.

The rules grader always; a model too if one is configured, on fewer sessions, within the caps:
`WORKBENCH_OPENAI_API_KEY=… python -m bench.reviews --model-sessions 100`. A third of the
paraphrases was held out while the patterns were written: `held_out` says which.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.report import skip, tell
from bench.reviews_model import ask_model
from core.settings import load_settings
from flows.reviews.material import Kind, Material, Passage, Speaker, to_passages
from flows.reviews.planning import has_a_model
from flows.reviews.quotes import is_verbatim
from flows.reviews.review import Review, check, rephrase
from flows.reviews.reviewer import hide
from flows.reviews.rubric import load_rubric
from flows.reviews.rules_grader import read_by_rules
from synthetic.phrases import MINUTES, load_phrases
from synthetic.world import make_world

_END = datetime(2026, 11, 22, 22, tzinfo=UTC)
_VOICES: dict[str, tuple[Kind, Speaker]] = {
    "feedback": ("student_feedback", "student"),
    "notes": ("tutor_notes", "tutor"),
    "tutor": ("transcript", "tutor"),
    "student": ("transcript", "student"),
}
Found = tuple[str, str, str, int | None]
"""Session, kind, code, and the turn if it is a transcript."""


@dataclass(frozen=True)
class Case:
    """One session's texts, what happened by them, and what only sounds like it."""

    material: Material
    planted: frozenset[Found]
    traps: frozenset[Found]


@dataclass(frozen=True)
class Figures:
    """Counts over all cases."""

    planted: int
    found: int
    true: int
    trapped: int
    traps: int
    quotes: int
    true_quotes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=9_001)
    parser.add_argument("--model-sessions", type=int, default=60)
    options = parser.parse_args()
    cases = list(make_cases(options.seed))
    started = time.process_time()
    rules = judge(cases, by_rules)
    milliseconds = 1_000 * (time.process_time() - started) / len(cases)
    report("rules", rules, ">= 0.90", sessions=len(cases), seed=options.seed)
    tell("reviews_rules_session", milliseconds, "ms (CPU)", "-")
    report_paraphrases()
    report_fresh_traps()
    settings = load_settings()
    if not has_a_model(settings):
        skip("reviews_model", "no model is configured: set WORKBENCH_OPENAI_API_KEY and its model")
        return
    some = [case for case in cases if case.planted or case.traps][: options.model_sessions]
    reviews = asyncio.run(ask_model(settings, [case.material for case in some]))
    spoken = [case for case in some if case.material.session_id in reviews]
    tell("reviews_model_spoke", len(spoken) / len(some), "share", "1", sessions=len(some))
    if spoken:
        model = judge(spoken, lambda one: reviews[one.session_id])
        report("model", model, ">= 0.97", model=settings.openai_model)


def by_rules(material: Material) -> Review:
    """Returns what the rules say of redacted texts, with quotes as they were said."""
    hidden = hide(material)
    review = check(read_by_rules(hidden.material, load_rubric()), hidden.material, load_rubric())
    return rephrase(review, hidden.redacted.restore)


def judge(cases: Iterable[Case], review_of: Callable[[Material], Review]) -> Figures:
    """Returns the counts for one grader."""
    counts: defaultdict[str, int] = defaultdict(int)
    for case in cases:
        review = review_of(case.material)
        found = _found(case.material.session_id, review)
        quotes = [one.quote for one in review.findings]
        quotes += [quote for item in review.items for quote in item.quotes]
        counts["planted"] += len(case.planted)
        counts["found"] += len(found)
        counts["true"] += len(found & case.planted)
        counts["traps"] += len(case.traps)
        counts["trapped"] += len((found & case.traps) - case.planted)
        counts["quotes"] += len(quotes) + review.refused_count
        counts["true_quotes"] += sum(is_verbatim(one, case.material.passages) for one in quotes)
    return Figures(**counts)


def report(grader: str, figures: Figures, goal: str, **run: object) -> None:
    """Tells recall, precision, traps fallen into, and quotes that exist."""
    shares = [
        ("recall", figures.true, figures.planted, goal),
        ("precision", figures.true, figures.found, goal),
        ("trapped", figures.trapped, figures.traps, "-"),
        ("quotes_true", figures.true_quotes, figures.quotes, "1"),
    ]
    for name, part, whole, wanted in shares:
        share = part / whole if whole else 0.0
        tell(f"reviews_{grader}_{name}", share, "share", wanted, of=whole, **run)


def report_paraphrases() -> None:
    """Tells the recall on each paraphrase by itself, those held out apart."""
    heard: defaultdict[bool, list[bool]] = defaultdict(list)
    for (code, voice), texts in load_phrases().findings.items():
        for text in texts:
            heard[held_out(text)].append(code in _codes_in(voice, text))
    for is_out, name in ((False, "seen"), (True, "held_out")):
        share = sum(heard[is_out]) / len(heard[is_out])
        tell(f"reviews_rules_{name}_recall", share, "share", "-", paraphrases=len(heard[is_out]))


def report_fresh_traps() -> None:
    """Tells into how many traps the rules fall that were written after the patterns were.

    The pretend company's own traps were all known to whoever wrote the patterns. The first list
    beside this module was used to mend them, the second only to measure.
    """
    with (Path(__file__).parent / "reviews_traps.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["written"] == "second"]
    fallen = sum(bool(_codes_in(row["voice"], row["text"])) for row in rows)
    tell("reviews_rules_fresh_trapped", fallen / len(rows), "share", "-", traps=len(rows))


def held_out(paraphrase: str) -> bool:
    """Returns whether a paraphrase was kept from whoever wrote the patterns."""
    return int(hashlib.sha256(paraphrase.encode()).hexdigest(), 16) % 3 == 0


def make_cases(seed: int) -> Iterator[Case]:
    """Yields every session of a world that has a text."""
    world = make_world(seed, 150, 900, 60, 70, _END, texts=True)
    told = defaultdict(list)
    for row in world.truth.texts.iter_rows(named=True):
        told[row["session_id"]].append(row)
    for session in world.sessions.iter_rows(named=True):
        if rows := told.get(session["session_id"]):
            material = Material(session["session_id"], 1, _passages(session), may_leave=True)
            yield Case(material, _truth(rows, False), _truth(rows, True))


def _passages(session: dict[str, object]) -> tuple[Passage, ...]:
    turns = session["transcript"]
    said = [(one["speaker"], one["text"]) for one in turns] if isinstance(turns, list) else None
    notes, feedback = session["tutor_notes"], session["student_feedback"]
    return to_passages(
        said,
        notes if isinstance(notes, str) else None,
        feedback if isinstance(feedback, str) else None,
    )


def _truth(rows: list[dict[str, object]], are_traps: bool) -> frozenset[Found]:
    return frozenset(
        (str(row["session_id"]), str(row["kind"]), str(row["code"]), _turn(row["turn"]))
        for row in rows
        if row["code"] is not None and (row["trap"] is not None) == are_traps
    )


def _turn(turn: object) -> int | None:
    return turn if isinstance(turn, int) else None


def _found(session_id: str, review: Review) -> frozenset[Found]:
    return frozenset(
        (session_id, one.kind, one.code, one.quote.turn if one.kind == "transcript" else None)
        for one in review.findings
    )


def _codes_in(voice: str, text: str) -> set[str]:
    kind, speaker = _VOICES[voice]
    said = re.sub(re.escape(MINUTES), "9", text)
    passage = Passage(kind, speaker, said)
    return {one.code for one in by_rules(Material("s", 1, (passage,))).findings}


if __name__ == "__main__":
    main()
