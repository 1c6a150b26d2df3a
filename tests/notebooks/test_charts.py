from __future__ import annotations

from notebooks import data
from notebooks.charts import draw_scores
from notebooks.data import Reader


def test_score_chart_has_line_band_and_words(shown_set: Reader) -> None:
    history = data.score_history(shown_set, "T-1")
    chart = draw_scores(history, "Score of a tutor").to_dict()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["area", "line"]
    assert chart["description"] == "Score of a tutor"
    assert chart["usermeta"]["embedOptions"]["renderer"] == "svg"


def test_score_chart_leaves_a_gap_on_days_without_a_score(shown_set: Reader) -> None:
    history = data.score_history(shown_set, "T-3")
    (points,) = draw_scores(history, "").to_dict()["datasets"].values()
    assert {point["score"] for point in points} == {None}
