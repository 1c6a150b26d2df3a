"""What scores and flags go by: the weights and limits that hold for everybody."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core.words import FLAG_KINDS
from notebooks import data, data_company, text
from notebooks.components import Page, table
from notebooks.data import Reader, Row

_HEADINGS = ["What is looked at", "In the score", "A flag opens", "It closes"]


def compose(reader: Reader, _: Mapping[str, str], __: int) -> Page:
    """Returns the page; there is nothing to choose on it."""
    fresh = data.freshness(reader)
    rules = data_company.rules(reader)
    rows = [(_what(rule), _weight(rule), _opens(rule), _closes(rule)) for rule in rules]
    body = Markup('<h1 tabindex="-1">{}</h1><p class="lead">{}</p>{}{}').format(
        "What scores and flags go by",
        f"Formula {fresh['formula_version']}, the same for every tutor.",
        table("Weights and limits", _HEADINGS, rows)
        if rows
        else Markup('<p class="notice">{}</p>').format("Told after the first night's build."),
        _meaning(fresh),
    )
    return Page("What scores and flags go by", body, section="Settings")


def _what(rule: Row) -> str:
    words = FLAG_KINDS[rule["kind"]]
    return words[:1].upper() + words[1:]


def _weight(rule: Row) -> str:
    return f"{100 * rule['weight']:.0f} %" if rule["weight"] else "no part of it"


def _opens(rule: Row) -> str:
    return (
        f"at {rule['flag_ratio']:g} times what is expected of them or more, with a probability of "
        f"{100 * rule['flag_probability']:.0f} %, now and a week ago, "
        f"and {rule['minimum_expected']:g} expected events or more"
    )


def _closes(rule: Row) -> str:
    return f"when that probability is under {100 * rule['release_probability']:.0f} %"


def _meaning(fresh: Row) -> Markup:
    return Markup('<p class="meta">{}</p>').format(
        "Expected is what a typical tutor would have with the same students, subjects and hours. "
        f"Today lists {text.count(fresh['coach_capacity'], 'case')} at most above the line: as "
        "many as people can act on. Analysts try other limits in the notebook what_if, which says "
        "who would enter and leave, and change them in dbt_project/seeds/score_components.csv."
    )
