"""Files of records, plain and compressed, whole and broken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from core.errors import BadInput
from core.posting import read_lines

CONTENT = b'{"a": 1}\n\n  \r\n{"b": 2}\r\n{"c": 3}'
LINES = [b'{"a": 1}\n', b'{"b": 2}\r\n', b'{"c": 3}\n']


def test_plain_and_compressed_files_give_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "rows.ndjson").write_bytes(CONTENT)
    (tmp_path / "rows.ndjson.gz").write_bytes(gzip.compress(CONTENT))
    for name in ("rows.ndjson", "rows.ndjson.gz"):
        assert list(read_lines(tmp_path / name)) == LINES


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "rows.ndjson").touch()
    assert list(read_lines(tmp_path / "rows.ndjson")) == []


def _broken_files(folder: Path) -> dict[str, Path]:
    whole = gzip.compress(b'{"a": 1}\n' * 10_000)
    contents = {
        "plain": CONTENT,
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:12] + b"\xff" * 20 + whole[32:],
    }
    for name, content in contents.items():
        (folder / f"{name}.gz").write_bytes(content)
    (folder / "folder").mkdir()
    paths = {name: folder / f"{name}.gz" for name in contents}
    return paths | {"folder": folder / "folder", "missing": folder / "missing"}


@pytest.mark.parametrize("kind", ["plain", "cut", "flipped", "folder", "missing"])
def test_a_file_that_cannot_be_read_is_said_by_its_name(tmp_path: Path, kind: str) -> None:
    path = _broken_files(tmp_path)[kind]
    with pytest.raises(BadInput, match=rf"^{path.name} cannot be read \("):
        list(read_lines(path))
