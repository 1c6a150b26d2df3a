"""The list of recipients keeps choices that make sense, and follows the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.choices import Choices, calmer, make_choices
from core.errors import BadInput, NotFound
from core.recipients import EVER, Recipients

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def people(tmp_path: Path) -> Recipients:
    return Recipients(tmp_path / "mail" / "recipients.sqlite")


def test_who_is_added_is_found_by_address_and_by_the_secret_of_the_links(
    people: Recipients,
) -> None:
    added = people.add(" ann@qa.example ", Choices(mode="flagged"), NOW)
    assert added.address == "ann@qa.example"
    assert people.find("ann@qa.example") == people.by_token(added.token) == added
    assert people.all() == [added]
    assert (added.since, added.listed_at) == (NOW, NOW)


def test_the_secrets_of_two_differ_and_the_folder_is_for_its_owner_alone(
    people: Recipients, tmp_path: Path
) -> None:
    tokens = {people.add(f"{name}@qa.example", Choices(), NOW).token for name in ("ann", "bob")}
    assert len(tokens) == 2 and all(len(token) >= 20 for token in tokens)
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "address", ["", "ann", "@qa.example", "ann@", "a b@qa.example", "a@b\r\nBcc: c@d", "<a@b>"]
)
def test_what_is_no_address_is_refused(people: Recipients, address: str) -> None:
    with pytest.raises(BadInput, match="looks like"):
        people.add(address, Choices(), NOW)
    assert people.all() == []


def test_an_address_is_added_once_and_keeps_its_choices(people: Recipients) -> None:
    people.add("ann@qa.example", Choices(mode="digest"), NOW)
    with pytest.raises(BadInput, match="on the list"):
        people.add("ann@qa.example", Choices(), NOW)
    assert people.find("ann@qa.example").choices.mode == "digest"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"mode": "sometimes"}, "mode"),
        ({"hourly_budget": 0}, "hourly_budget"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"quiet_from": "22:00"}, "Quiet hours"),
        ({"digest_at": "25:00"}, "digest_at"),
        ({"wishes": "none"}, "wishes"),
    ],
)
def test_a_choice_that_is_not_possible_is_named_and_changes_nothing(
    people: Recipients, changes: dict[str, object], named: str
) -> None:
    before = people.add("ann@qa.example", Choices(), NOW)
    with pytest.raises(BadInput, match=named):
        people.choose("ann@qa.example", **changes)
    assert people.find("ann@qa.example") == before


def test_a_choice_changes_what_it_names_and_nothing_else(people: Recipients) -> None:
    people.add("ann@qa.example", Choices(subjects=("Algebra",), mode="flagged"), NOW)
    people.choose("ann@qa.example", quiet_from="22:00", quiet_until="06:30")
    choices = people.find("ann@qa.example").choices
    assert choices == make_choices(
        subjects=["Algebra"], mode="flagged", quiet_from="22:00", quiet_until="06:30"
    )


def test_the_settings_name_who_is_on_the_list_and_keep_what_they_chose(
    people: Recipients,
) -> None:
    people.follow_settings(["ann@qa.example"], Choices(), NOW)
    assert people.find("ann@qa.example").since == EVER
    people.choose("ann@qa.example", mode="digest")
    later = NOW + timedelta(days=1)
    people.add("eve@qa.example", Choices(), later)
    people.follow_settings(["ann@qa.example", "bob@qa.example"], Choices(), later)
    assert people.find("ann@qa.example").choices.mode == "digest"
    assert people.find("bob@qa.example").since == later
    people.follow_settings(["bob@qa.example"], Choices(), later)
    assert [one.address for one in people.all()] == ["bob@qa.example", "eve@qa.example"]


def test_who_is_removed_is_gone_unless_the_settings_name_them(people: Recipients) -> None:
    people.add("ann@qa.example", Choices(), NOW)
    people.remove("ann@qa.example")
    with pytest.raises(NotFound):
        people.find("ann@qa.example")
    people.follow_settings(["bob@qa.example"], Choices(), NOW)
    with pytest.raises(BadInput, match="WORKBENCH_MAIL_RECIPIENTS"):
        people.remove("bob@qa.example")


def test_letters_become_fewer_step_by_step_until_there_are_none() -> None:
    choices, steps = Choices(), []
    while choices.mode != "off":
        mode, digest = calmer(choices)
        choices = choices.model_copy(update={"mode": mode, "digest": digest})
        steps.append((mode, digest))
    assert steps == [
        ("flagged", "daily"),
        ("digest", "daily"),
        ("digest", "weekly"),
        ("off", "weekly"),
    ]
