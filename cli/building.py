"""`workbench build`: build, gate and publish once, in this process; also as known on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from core import lake
from core.marts import Published
from core.settings import Settings
from flows.build import WarehouseBuilder, only_writer
from flows.publish import publish_marts
from flows.results import refuse_failures


def build_once(settings: Settings, as_of: datetime, *, full: bool) -> None:
    """Publishes a set that counts from `as_of`.

    Raises:
        GateClosed: a model or a test failed; nothing was published.
    """
    builder = WarehouseBuilder(settings.warehouse_path, settings.lake_dir, settings.time_zone)
    published = _publish(builder, settings.marts_dir, as_of, full=full)
    Console(highlight=False).print(f"Published set {published.number}, counted from {as_of}.")


def as_known_folder(settings: Settings, day: date) -> Path:
    """Returns where a rebuild as known on `day` is kept unless another folder is named."""
    return settings.data_dir / "as-known" / str(day)


def build_as_known(settings: Settings, day: date, folder: Path) -> Path:
    """Returns the marts in `folder` as they stood at the end of business day `day`.

    The whole warehouse is built there anew, from what was known then; what runs is not touched.

    Raises:
        GateClosed: a model or a test failed; nothing was published there.
    """
    end = datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.time_zone)).astimezone(UTC)
    builder = WarehouseBuilder(
        folder / "warehouse" / "warehouse.duckdb",
        settings.lake_dir,
        settings.time_zone,
        known_by=end,
        pins=".as-known",
    )
    # two of these at a time would share the links to the lake's files
    with only_writer(settings.data_dir / "as-known" / "lock"):
        _publish(builder, folder / "marts", end, full=True)
    return folder / "marts"


def _publish(
    builder: WarehouseBuilder, marts_dir: Path, as_of: datetime, *, full: bool
) -> Published:
    lake.ensure(builder.lake_dir)
    ingest_seq = lake.read_watermark(builder.lake_dir).ingest_seq
    with only_writer(builder.warehouse_path) as until_done:
        refuse_failures(builder.build(as_of, ingest_seq, full=full, keep_open=until_done))
        return publish_marts(
            builder.warehouse_path,
            marts_dir,
            ingest_seq=ingest_seq,
            as_of=as_of,
            now=datetime.now(UTC),
        )
