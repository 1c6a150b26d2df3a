"""What a demo can show on purpose, by name: in its history and in what it posts live."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import BadInput


@dataclass(frozen=True)
class Scenario:
    """How a company of a kind of `kinds.KINDS` posts what it knows."""

    about: str
    kind: str
    pace: float = 1.0
    """Factor of the pauses between live sessions."""
    repeats: bool = False
    """Whether some lines are posted twice, some of those with their keys in another order."""


SCENARIOS = {
    "quiet-week": Scenario(
        "few sessions and hardly a change in the last week, and a slow live feed",
        "quiet-week",
        pace=3.0,
    ),
    "outage": Scenario(
        "the platform was down yesterday afternoon, and is again when live sessions begin",
        "outage",
    ),
    "drifting-tutor": Scenario(
        "a busy tutor who was good moves about half of all sessions since three weeks",
        "drifting-tutor",
    ),
    "bad-first-sessions": Scenario(
        "first sessions go badly since three weeks, and students leave",
        "bad-first-sessions",
    ),
    "late-data": Scenario("one session in seven is told days late", "late-data"),
    "duplicates": Scenario(
        "some sessions are posted twice, some of them with the keys in another order",
        "base",
        repeats=True,
    ),
}
ORDINARY = Scenario("nothing in particular", "base")


def find_scenario(name: str | None) -> Scenario:
    """Returns the scenario of this name; without a name nothing in particular is shown.

    Raises:
        BadInput: there is none.
    """
    if name is None:
        return ORDINARY
    if name not in SCENARIOS:
        raise BadInput(f"There is no scenario {name!r}; there are: {', '.join(SCENARIOS)}.")
    return SCENARIOS[name]


def describe_scenarios() -> str:
    """Returns all names with a sentence each, a paragraph for each, for a help text."""
    return "\n\n".join(f"{name}: {scenario.about}." for name, scenario in SCENARIOS.items())
