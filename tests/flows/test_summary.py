"""What a run says about itself."""

from __future__ import annotations

from core.marts import Published
from flows.emails.letters import LettersSummary
from flows.results import NodeResult
from flows.summary import model_rows, run_summary


def test_models_come_slowest_first_in_milliseconds() -> None:
    results = [
        NodeResult("quick", "test", "pass", 0.0004, ""),
        NodeResult("slow", "model", "success", 1.2345, "a message that may hold values"),
    ]
    assert model_rows(results) == [
        {"name": "slow", "kind": "model", "status": "success", "ms": 1234},
        {"name": "quick", "kind": "test", "status": "pass", "ms": 0},
    ]


def test_the_summary_tells_what_was_published_and_mailed() -> None:
    published = Published(12, "marts-12.duckdb", "now", "2026-11-20T18:00:00+00:00", 41_911)
    letters = LettersSummary(enqueued=9, sent=5, postponed=2, dead=1, pending=3)
    text = run_summary(published, letters, 1.25, "https://workbench.example")
    for words in (
        "**Set 12** with every record up to 41,911",
        "counted from 2026-11-20T18:00:00+00:00",
        "5 sent, 2 put off, 1 given up, 3 waiting",
        "(https://workbench.example/dashboard/)",
    ):
        assert words in text
