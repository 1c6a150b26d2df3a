"""What is not English goes to a person, and no model is asked."""

from __future__ import annotations

import pytest

from flows.reviews.language import is_english
from flows.reviews.ledger import Ledger
from flows.reviews.material import Material, to_passages
from tests.flows.reviews.conftest import TURNS
from tests.flows.reviews.model_server import ModelServer
from tests.flows.reviews.test_reviewer import review

SPANISH = [
    ("tutor", "Hola, hoy vamos a repasar las fracciones que vimos la semana pasada."),
    ("student", "Está bien, pero no entiendo cómo se suman cuando los de abajo son diferentes."),
    ("tutor", "Buscamos un número que los dos dividan, y luego multiplicamos por arriba también."),
]
GERMAN = "Heute schauen wir uns an, wie man Brüche addiert, wenn die Nenner verschieden sind. " * 3
ARABIC = "اليوم سنراجع الكسور التي تعلمناها في الأسبوع الماضي ثم نحل بعض المسائل معا " * 3


@pytest.mark.parametrize("turns", [SPANISH, [("tutor", GERMAN)], [("tutor", ARABIC)]])
def test_other_languages_are_told_from_english(turns: list[tuple[str, str]]) -> None:
    assert not is_english(to_passages(turns, None, None))


def test_english_is_english_and_a_few_words_pass() -> None:
    assert is_english(to_passages(TURNS, None, None))
    assert is_english(to_passages(SPANISH[:1], None, None))


def test_a_session_in_another_language_waits_for_a_person_and_costs_nothing(
    ledger: Ledger, server: ModelServer
) -> None:
    spoken = Material("s1", 1, to_passages(SPANISH, None, None), may_leave=True)
    [entry] = review(ledger, server, spoken)
    assert (entry.status, entry.reason) == ("needs_person", "other_language")
    assert server.asked == []
