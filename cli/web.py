"""The web process with all it needs: `api`, what `flows` keeps and knows, pages of `notebooks`."""

from __future__ import annotations

from api.app import main
from api.dependencies import Desks
from core.settings import Settings
from flows.operations import FlowsDesk
from flows.reviews.by_hand import GradingDesk
from notebooks.first_view import first_view


def desks(settings: Settings) -> Desks:
    """Returns what the pages of `api` ask of other rooms."""
    return Desks(
        grading=GradingDesk(settings),
        flows=FlowsDesk(settings),
        first_view=first_view(settings),
    )


if __name__ == "__main__":
    main(desks)
