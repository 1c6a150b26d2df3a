"""What scores and flags go by: the weights and limits that hold for everybody."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core.words import FLAG_KINDS
from notebooks import data, data_company, text
from notebooks.components import Page, table
from notebooks.data import Reader, Row

_HEADINGS = ["What is looked at", "When it is flagged"]


def compose(reader: Reader, _: Mapping[str, str], __: int) -> Page:
    """Returns the page; there is nothing to choose on it."""
    fresh = data.freshness(reader)
    rules = data_company.rules(reader)
    rows = [(_what(rule), _limits(rule)) for rule in rules]
    body = Markup('<h1 tabindex="-1">{}</h1><p class="lead">{}</p>{}{}').format(
        "What scores and flags go by",
        f"Formula {fresh['formula_version']}, the same for every tutor.",
        table("Weights and limits", _HEADINGS, rows)
        if rows
        else Markup('<p class="notice">{}</p>').format("Told after the first night's build."),
        _meaning(fresh),
    )
    return Page("What scores and flags go by", body, section="Settings")


def _what(rule: Row) -> Markup:
    words = FLAG_KINDS[rule["kind"]]
    weight = f"{100 * rule['weight']:.0f} % of the score" if rule["weight"] else "not in the score"
    return Markup('{}{}<span class="meta">{}</span>').format(words[:1].upper(), words[1:], weight)


def _limits(rule: Row) -> Markup:
    return Markup('{}<span class="meta">{}</span>').format(
        f"At {rule['flag_ratio']:g} times what is expected or more, with a probability of "
        f"{100 * rule['flag_probability']:.0f} %, now and a week ago; "
        f"{rule['minimum_expected']:g} expected events or more.",
        f"Closes when that probability is under {100 * rule['release_probability']:.0f} %.",
    )


def _meaning(fresh: Row) -> Markup:
    return Markup('<p class="meta">{}</p>').format(
        "Expected is what a typical tutor would have with the same students, subjects and hours. "
        f"Today lists {text.count(fresh['coach_capacity'], 'case')} at most above the line: as "
        "many as people can act on. Analysts try other limits in the notebook what_if, which says "
        "who would enter and leave, and change them in dbt_project/seeds/score_components.csv."
    )
