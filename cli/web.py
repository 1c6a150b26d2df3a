"""The web process with all it needs: the pages of `api`, and what `flows` keeps and knows."""

from __future__ import annotations

from api.app import main
from api.dependencies import Desks
from core.settings import Settings
from flows.operations import FlowsDesk
from flows.reviews.by_hand import GradingDesk


def desks(settings: Settings) -> Desks:
    """Returns what the pages ask of the flows."""
    return Desks(grading=GradingDesk(settings), flows=FlowsDesk(settings))


if __name__ == "__main__":
    main(desks)
