"""What many commands take."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.startup import refuse_unwritable
from core.settings import Settings, load_settings

DataDir = Annotated[
    Path | None, typer.Option(help="where everything is kept; else WORKBENCH_DATA_DIR or ./data")
]
AsKnown = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="a day: rebuilt from what was known at its end"),
]


def settings_of(data_dir: Path | None) -> Settings:
    """Returns the settings for a command that was given `data_dir`, a folder it can write."""
    settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    refuse_unwritable(settings.data_dir)
    return settings
