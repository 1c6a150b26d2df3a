"""The themes of a month: findings from the ledger, groups from the marts, titles from a model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from core.marts import Marts
from flows.reviews.grader import Usage
from flows.reviews.ledger import Entry, Ledger
from flows.reviews.openai_client import TRIPS, Trips
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.prices import MOST_OUTPUT_TOKENS
from flows.reviews.reviewer import Clock
from flows.reviews.rubric import read_text
from flows.reviews.rules_grader import RulesGrader
from flows.reviews.spending import Caps, set_aside, settle
from flows.reviews.themes import (
    Held,
    Noted,
    Proposals,
    Theme,
    document,
    keep_themes,
    themes_by_proposal,
    themes_by_rules,
)

_MOST_FINDINGS = 300
# flagged tutors' later sessions were not drawn by chance, so they have no part in shares
_WHERE = """
    select
        session_id, firsts.tutor_id, firsts.subject, firsts.local_hours as hour,
        strftime(tutors.started_on, '%Y') || '-Q' || quarter(tutors.started_on) as cohort
    from fct_first_sessions as firsts
    left join dim_tutors as tutors on firsts.tutor_id = tutors.tutor_id
    where outcome = 'held' and session_id is not null
"""
_OF_MONTH = """
    select session_id, version from reviews
    where rubric = ? and substr(reviewed_at, 1, 7) = ? order by session_id, version
"""


async def find_themes(
    ledger: Ledger,
    marts: Marts,
    rubric: str,
    month: str,
    model: OpenAIGrader | None,
    caps: Caps,
    clock: Clock,
) -> list[Theme]:
    """Returns the themes of a month (YYYY-MM), now kept in the ledger in place of those before.

    A model only sees findings of sessions whose texts may leave, and only proposes.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    reviewed = _reviewed(ledger, rubric, month)
    places = {row["session_id"]: row for row in marts.rows(_WHERE)}
    entries = [entry for session, entry in reviewed.items() if session in places]
    held = [_held(places[entry.session_id]) for entry in entries]
    themes = themes_by_rules(_noted(entries, places), held, RulesGrader.name)
    if model:
        shown = [entry for entry in entries if entry.may_leave]
        findings = list(_noted(shown, places))[:_MOST_FINDINGS]
        proposals = await _propose(model, ledger, caps, findings, clock)
        among = [_held(places[entry.session_id]) for entry in shown]
        themes += themes_by_proposal(proposals, findings, among, model.name)
    keep_themes(ledger, month, themes)
    return themes


def month_before(now: datetime) -> str:
    """Returns the last whole month (UTC) before `now`, as YYYY-MM."""
    first = now.astimezone(UTC).replace(day=1)
    year, month = (first.year - 1, 12) if first.month == 1 else (first.year, first.month - 1)
    return f"{year:04}-{month:02}"


def _reviewed(ledger: Ledger, rubric: str, month: str) -> dict[str, Entry]:
    keys = ledger.execute(_OF_MONTH, (rubric, month)).fetchall()
    found = [ledger.find(session, version, rubric) for session, version in keys]
    return {entry.session_id: entry for entry in found if entry}


def _noted(entries: Sequence[Entry], places: dict[str, dict[str, Any]]) -> list[Noted]:
    return [noted for entry in entries for noted in _findings(entry, places[entry.session_id])]


def _findings(entry: Entry, place: dict[str, Any]) -> Iterator[Noted]:
    where = place["subject"], place["cohort"], place["hour"]
    for one in entry.redacted.findings:
        yield Noted(entry.session_id, place["tutor_id"], one.code, one.quote.text, *where)


def _held(place: dict[str, Any]) -> Held:
    return Held(place["session_id"], place["subject"], place["cohort"], place["hour"])


async def _propose(
    model: OpenAIGrader, ledger: Ledger, caps: Caps, findings: list[Noted], clock: Clock
) -> Proposals:
    task, text, nothing = read_text("themes@1.md"), document(findings), Proposals(themes=[])
    most = model.prices.most(len(task) + len(text))
    whole_day = Caps(caps.day_usd, float("inf"))
    call = set_aside(ledger, "themes", model.name, most, whole_day, clock()) if findings else None
    if call is None:
        return nothing
    try:
        async with asyncio.timeout(model.seconds):
            proposals, usage = await _ask(model, task, text)
    except Exception as error:  # its text may hold what was sent or received
        settle(ledger, call, Usage(usd=most), type(error).__name__)
        return nothing
    settle(ledger, call, usage or Usage(usd=most), "proposed")
    return proposals or nothing


async def _ask(model: OpenAIGrader, task: str, text: str) -> tuple[Proposals | None, Usage | None]:
    TRIPS.set(Trips())
    if model.api == "responses":
        response = await model.client.responses.parse(
            model=model.model,
            instructions=task,
            input=[{"role": "user", "content": text}],
            text_format=Proposals,
            store=False,
            max_output_tokens=MOST_OUTPUT_TOKENS,
        )
        used = response.usage
        usage = model.prices.usage(used.input_tokens, 0, used.output_tokens) if used else None
        return response.output_parsed, usage
    completion = await model.client.chat.completions.parse(
        model=model.model,
        messages=[{"role": "system", "content": task}, {"role": "user", "content": text}],
        response_format=Proposals,
        max_tokens=MOST_OUTPUT_TOKENS,
    )
    spent = completion.usage
    usage = model.prices.usage(spent.prompt_tokens, 0, spent.completion_tokens) if spent else None
    return completion.choices[0].message.parsed, usage
