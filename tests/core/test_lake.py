"""The lake: always readable, and its small files whole after a crash."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core import lake


def _files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_ensure_makes_every_dataset_readable_and_can_be_done_again(tmp_path: Path) -> None:
    lake.ensure(tmp_path / "lake")
    before = _files(tmp_path)
    lake.ensure(tmp_path / "lake")
    assert _files(tmp_path) == before and len(before) == len(lake.DATASETS + lake.MEASURES)


@pytest.mark.parametrize("dataset", lake.DATASETS + lake.MEASURES, ids=lambda dataset: dataset.name)
def test_the_empty_file_has_the_columns_and_types_of_the_dataset(
    tmp_path: Path, dataset: lake.Dataset
) -> None:
    lake.ensure(tmp_path)
    with duckdb.connect() as connection:
        rows = connection.read_parquet(f"{dataset.folder(tmp_path)}/*/*.parquet")
        found = dict(zip(rows.columns, map(str, rows.types), strict=True))
        assert rows.fetchall() == []
    assert found.keys() == dataset.columns.keys()
    plain = {name: kind for name, kind in dataset.columns.items() if "STRUCT" not in kind}
    assert {name: found[name] for name in plain} == plain


def test_every_dataset_has_its_key_and_its_place_in_the_order_of_arrival() -> None:
    for dataset in lake.DATASETS:
        assert {dataset.key, "version", "ingest_seq", "extra"} <= dataset.columns.keys()


def test_student_words_are_in_no_dataset_that_models_read() -> None:
    words = {"student_feedback", "tutor_notes", "transcript"}
    assert words <= lake.TRANSCRIPTS.columns.keys()
    assert not words & lake.SESSIONS.columns.keys()
    assert "text" not in str(lake.REVIEWS.columns) and "quote" not in str(lake.REVIEWS.columns)


def test_partitions_go_by_the_day_of_landing(tmp_path: Path) -> None:
    folder = lake.SESSIONS.partition(tmp_path, "2026-11-20")
    assert folder == tmp_path / "sessions" / "received_on=2026-11-20"


def test_the_watermark_is_zero_before_anything_landed(tmp_path: Path) -> None:
    assert lake.read_watermark(tmp_path / "nowhere") == lake.Watermark(0, None)


def test_the_watermark_is_read_back(tmp_path: Path) -> None:
    content = b'{"ingest_seq": 7, "received_at": "2026-11-20T18:00:00+00:00"}'
    lake.write_durably(tmp_path / "watermark.json", content)
    assert lake.read_watermark(tmp_path) == lake.Watermark(7, "2026-11-20T18:00:00+00:00")


def test_write_durably_replaces_whole_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"a" * 1000, b"b"):
        lake.write_durably(path, content)
    assert path.read_bytes() == b"b" and list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    lake.write_durably(path, b"old")
    with pytest.raises(TypeError):
        lake.write_durably(path, "text is not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
