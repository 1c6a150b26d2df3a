"""Examples in the documents are what the API gives: each is run against its shape."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.examples import flags, people, platform, receipts, risks, sessions, tutors
from api.schemas import flags as flag_shapes
from api.schemas import people as people_shapes
from api.schemas import platform as platform_shapes
from api.schemas import receipts as receipt_shapes
from api.schemas import risks as risk_shapes
from api.schemas import sessions as session_shapes
from api.schemas import tutors as tutor_shapes


def test_every_operation_has_an_example_that_fits_its_shape(reader: TestClient) -> None:
    document = reader.get("/openapi.json").json()
    operations = [each for path in document["paths"].values() for each in path.values()]
    told = [answer for each in operations for answer in each["responses"].items()]
    answers = [answer["content"] for status, answer in told if status.startswith("2")]
    contents = [each["application/json"] for each in answers if "application/json" in each]
    assert len(answers) == len(operations) == len(contents) + 1  # files
    assert len(contents) == 20
    for content in contents:
        schema = content["schema"]
        shape = schema.get("anyOf", [schema])[0]["$ref"].rsplit("/", 1)[1]
        fields = document["components"]["schemas"][shape]["properties"]
        # nulls are left out of the documents by FastAPI; the shapes are checked in full below
        assert set(content["example"]) <= set(fields)


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (tutor_shapes.TutorOut, tutors.TUTOR),
        (tutor_shapes.ScoreOut, tutors.SCORE),
        (session_shapes.SessionDetailOut, sessions.SESSION_DETAIL),
        (flag_shapes.FlagOut, flags.FLAG),
        (flag_shapes.NeedsAttentionOut, flags.NEEDS_ATTENTION),
        (flag_shapes.InterventionOut, flags.INTERVENTION),
        (risk_shapes.UpcomingRiskOut, risks.UPCOMING_RISK),
        (risk_shapes.FirstSessionPatternOut, risks.FIRST_SESSION_PATTERN),
        (platform_shapes.PlatformDayOut, platform.PLATFORM_DAY),
        (platform_shapes.FreshnessOut, platform.FRESHNESS),
        (receipt_shapes.ReceiptOut, receipts.RECEIPT),
        (people_shapes.MeOut, people.ME),
    ],
)
def test_example_is_what_its_shape_gives(shape: Any, example: dict[str, Any]) -> None:
    assert shape.model_validate(example).model_dump(mode="json") == example
