"""`workbench build`: build, gate and publish once, in this process."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console

from core import lake
from core.settings import Settings
from flows.build import WarehouseBuilder, only_writer
from flows.publish import publish_marts
from flows.results import refuse_failures


def build_once(settings: Settings, as_of: datetime, *, full: bool) -> None:
    """Publishes a set that counts from `as_of`.

    Raises:
        GateClosed: a model or a test failed; nothing was published.
    """
    lake.ensure(settings.lake_dir)
    ingest_seq = lake.read_watermark(settings.lake_dir).ingest_seq
    builder = WarehouseBuilder(settings.warehouse_path, settings.lake_dir, settings.time_zone)
    with only_writer(settings.warehouse_path):
        refuse_failures(builder.build(as_of, ingest_seq, full=full))
        published = publish_marts(
            settings.warehouse_path,
            settings.marts_dir,
            ingest_seq=ingest_seq,
            as_of=as_of,
            now=datetime.now(UTC),
        )
    Console(highlight=False).print(f"Published set {published.number}, counted from {as_of}.")
