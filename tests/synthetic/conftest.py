from __future__ import annotations

from datetime import UTC, datetime

import pytest

from synthetic.world import World, make_world

WORLD_END = datetime(2026, 11, 22, 22, tzinfo=UTC)


@pytest.fixture(scope="session")
def world_end() -> datetime:
    return WORLD_END


@pytest.fixture(scope="session")
def demo_world() -> World:
    """The company of the demo; nothing of it is changed by a test."""
    return make_world(
        seed=23, tutors=300, students=2_500, days=90, sessions_per_day=3_000, end=WORLD_END
    )


@pytest.fixture(scope="session")
def small_world() -> World:
    return make_world(
        seed=23, tutors=40, students=300, days=30, sessions_per_day=300, end=WORLD_END
    )
