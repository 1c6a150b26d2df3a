"""Addresses that people click on keep their query and are safe for any id."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from core.links import session_page, today_page, tutor_page

WEB = "https://workbench.example"


def test_the_path_ends_in_a_slash_before_the_query() -> None:
    assert today_page(WEB) == f"{WEB}/dashboard/"
    assert tutor_page(WEB, "t-1") == f"{WEB}/dashboard/?tutor=t-1"
    assert session_page(WEB, "s-1") == f"{WEB}/dashboard/?session=s-1"


@pytest.mark.parametrize("odd", ["a:b.c_d", "a b", "a&session=x", "a/../b", "é#?%", "a+b"])
def test_ids_come_back_as_they_went_in(odd: str) -> None:
    parts = urlsplit(tutor_page(WEB, odd))
    assert (parts.path, parts.fragment) == ("/dashboard/", "")
    assert parse_qs(parts.query, strict_parsing=True) == {"tutor": [odd]}
    assert " " not in parts.query and "+" not in parts.query
