"""What people wrote about a student goes on request, and nothing of a day under way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core import lake
from core.lake import SESSIONS, TRANSCRIPTS, digest_of, digest_path, write_durably
from flows.erasure import Erased, erase_texts, request_erasure, sessions_of

FIRST, SECOND, THIRD = "2026-11-18", "2026-11-19", "2026-11-20"
ASKED = datetime(2026, 11, 19, 18, tzinfo=UTC)


@dataclass
class Texts:
    """A lake in which each session has a text; `ann` and `ben` are students."""

    lake_dir: Path

    @property
    def list_path(self) -> Path:
        return self.lake_dir.parent / "erasures.json"

    def land(self, day: str, *sessions: tuple[str, str, int, str]) -> None:
        rows = ", ".join(
            f"('{name}', {version}, '{student}', TIMESTAMPTZ '{day} {time}:00Z')"
            for name, student, version, time in sessions
        )
        values = f"(VALUES {rows}) AS rows (session_id, version, student_id, received_at)"
        self._write(SESSIONS.partition(self.lake_dir, day), f"SELECT * FROM {values}")
        self._write(
            TRANSCRIPTS.partition(self.lake_dir, day),
            f"SELECT session_id, version, received_at, 'words' AS student_feedback FROM {values}",
        )
        mark = {"ingest_seq": 1, "received_at": f"{day}T20:00:00+00:00"}
        write_durably(self.lake_dir / "watermark.json", json.dumps(mark).encode())

    def _write(self, folder: Path, query: str) -> None:
        folder.mkdir()
        path = folder / "part-0000.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.sql(query).write_parquet(str(path))
        digest_path(path).write_text(digest_of(path))

    def part(self, day: str) -> Path:
        return TRANSCRIPTS.partition(self.lake_dir, day) / "part-0000.parquet"

    def left(self) -> set[tuple[str, int]]:
        with duckdb.connect() as connection:
            files = f"{TRANSCRIPTS.folder(self.lake_dir)}/*/part-*.parquet"
            query = "SELECT session_id, version FROM read_parquet($1)"
            return set(connection.execute(query, [files]).fetchall())

    def erase(self) -> Erased:
        return erase_texts(self.lake_dir, self.list_path)


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    lake.ensure(tmp_path / "lake")
    found = Texts(tmp_path / "lake")
    found.land(FIRST, ("a1", "ann", 1, "08:00"), ("b1", "ben", 1, "08:00"))
    found.land(SECOND, ("a1", "ann", 2, "08:00"), ("b2", "ben", 1, "08:00"))
    return found


def test_texts_of_closed_days_go_at_once_and_those_of_the_day_when_it_is_over(texts: Texts) -> None:
    under_way = texts.part(SECOND).read_bytes()
    request_erasure(texts.list_path, "ann", ASKED)
    assert texts.erase() == Erased(texts=1, files=1, waiting=1)
    assert texts.part(SECOND).read_bytes() == under_way
    texts.land(THIRD, ("c1", "cy", 1, "08:00"))
    assert texts.erase() == Erased(texts=1, files=1, waiting=0)
    assert texts.left() == {("b1", 1), ("b2", 1), ("c1", 1)}
    assert texts.erase() == Erased(0, 0, 0)


def test_all_sessions_of_who_asked_are_found_also_of_the_day_under_way(texts: Texts) -> None:
    assert sessions_of(texts.lake_dir, texts.list_path) == []
    request_erasure(texts.list_path, "ben", ASKED)
    assert sorted(sessions_of(texts.lake_dir, texts.list_path)) == ["b1", "b2"]


def test_a_file_that_was_written_anew_has_its_digest(texts: Texts) -> None:
    request_erasure(texts.list_path, "ann", ASKED)
    texts.erase()
    part = texts.part(FIRST)
    assert digest_path(part).read_text() == digest_of(part)
    assert [path.name for path in part.parent.iterdir() if "erasure" in path.name] == []


def test_files_without_the_student_stay_as_they_are(texts: Texts) -> None:
    before = texts.part(FIRST).stat().st_ino
    request_erasure(texts.list_path, "nobody", ASKED)
    assert texts.erase().texts == 0 and texts.part(FIRST).stat().st_ino == before


def test_what_is_written_after_the_request_is_kept(texts: Texts) -> None:
    texts.land(THIRD, ("a3", "ann", 1, "08:00"))
    texts.land("2026-11-21", ("c1", "cy", 1, "08:00"))
    request_erasure(texts.list_path, "ann", ASKED)
    assert texts.erase() == Erased(texts=2, files=2, waiting=0)
    assert ("a3", 1) in texts.left()


def test_an_erasure_that_was_cut_off_leaves_no_file_that_counts_as_damaged(texts: Texts) -> None:
    request_erasure(texts.list_path, "ann", ASKED)
    texts.erase()
    cut_off = json.loads(texts.list_path.read_text()) | {"under_way": str(texts.part(FIRST))}
    texts.list_path.write_text(json.dumps(cut_off))
    digest_path(texts.part(FIRST)).write_text("of the file before")
    texts.erase()
    assert digest_path(texts.part(FIRST)).read_text() == digest_of(texts.part(FIRST))


def test_the_list_is_for_its_owner_alone_and_forgets_who_is_done(texts: Texts) -> None:
    request_erasure(texts.list_path, "ann", ASKED)
    assert texts.list_path.stat().st_mode & 0o777 == 0o600
    texts.erase()
    assert texts.list_path.stat().st_mode & 0o777 == 0o600
    texts.land(THIRD, ("c1", "cy", 1, "08:00"))
    texts.erase()
    assert "ann" not in texts.list_path.read_text()
