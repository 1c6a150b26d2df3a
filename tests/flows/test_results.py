"""What failed is told with its reason, once, and without the values that made it fail."""

from __future__ import annotations

import pytest

from flows.results import GateClosed, NodeResult, refuse_failures

_OF_DBT = """Runtime Error in model int_a (dbt_project/models/intermediate/int_a.sql)
  Conversion Error: Could not convert string 'Mia didn't come' to DOUBLE, don't know why
  LINE 4: select 'Mia cried'"""


def test_a_reason_is_one_line_without_values_and_what_follows_is_counted() -> None:
    results = [
        _node("int_a", "error", _OF_DBT),
        _node("assert_b", "fail", "Got 3 results, configured to fail if != 0"),
        _node("int_c", "skipped", "Skipping due to fail of int_a"),
        _node("int_d", "skipped", ""),
        _node("int_e", "success", "OK"),
    ]
    with pytest.raises(GateClosed) as refused:
        refuse_failures(results)
    assert str(refused.value) == (
        "The sets published before stay, because of: int_a (error: Conversion Error: Could not "
        "convert string …); assert_b (fail: Got 3 results, "
        "configured to fail if != 0). 2 that follow were skipped."
    )


@pytest.mark.parametrize("status", ["fail", "error", "skipped", "warn", "runtime error"])
def test_the_gate_names_what_failed(status: str) -> None:
    good = [NodeResult("m", "model", word, 0.1, "") for word in ("success", "pass", "no-op")]
    refuse_failures(good)
    with pytest.raises(GateClosed, match=rf"because of: assert_x \({status}\)\.$"):
        refuse_failures([*good, NodeResult("assert_x", "test", status, 0.1, "")])


def _node(name: str, status: str, message: str) -> NodeResult:
    return NodeResult(name, "model", status, 0.1, message)
