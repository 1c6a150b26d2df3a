"""The web process with all it needs: the pages of `api`, and the reviews that `flows` keeps."""

from __future__ import annotations

from api.app import main
from flows.reviews.by_hand import GradingDesk

if __name__ == "__main__":
    main(GradingDesk)
