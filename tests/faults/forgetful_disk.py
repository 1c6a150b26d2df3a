"""Shows what a power cut leaves of a disk: `python forgetful_disk.py MOUNT KEPT LIVE CUTS`.

What was written counts only once it was synced: contents by the file's own fsync or fdatasync,
names (new, renamed, removed) by an fsync of their folder. POSIX promises no more than that, and
ext4 often does more, which is why a test on it would not see a missing fsync. LazyFS has the same
purpose for contents, but keeps every name.

`mkdir MOUNT/.cut-N` writes two disks to `CUTS/N`: `least` has what was synced and nothing else,
`torn` also some of the writes and renames since then, by chance, as a real disk may.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations

Names = dict[str, int]  # of one folder; the number stands for a file's content, 0 for a folder
Change = Callable[[int], None]  # done to an open file


class ForgetfulDisk(Operations):
    """Passes everything on to `live`, and remembers beside it what a power cut would leave."""

    use_ns = True

    def __init__(self, live: Path, kept: Path, cuts: Path) -> None:
        self._live = live
        self._kept = kept
        self._cuts = cuts
        self._changes: dict[int, list[Change]] = defaultdict(list)  # of contents since their sync
        self._listings = {  # of each folder: as it was synced last, and after each change since
            Path(folder): [{name: self._keep(Path(folder) / name) for name in folders + files}]
            for folder, folders, files in os.walk(live)
        }

    def _keep(self, path: Path) -> int:
        if path.is_dir():
            return 0
        number = path.stat().st_ino
        shutil.copyfile(path, self._kept / str(number))
        return number

    # what changes names

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        handle = os.open(self._at(path), os.O_RDWR | os.O_CREAT, mode)
        self._name(self._at(path), os.fstat(handle).st_ino)
        return handle

    def mkdir(self, path: str, mode: int) -> int:
        if path.startswith("/.cut-"):
            self._cut(path.removeprefix("/.cut-"))
            return 0
        self._at(path).mkdir(mode)
        self._name(self._at(path), 0)
        self._listings[self._at(path)] = [{}]
        return 0

    def unlink(self, path: str) -> int:
        self._bury(self._at(path))
        self._at(path).unlink()
        self._name(self._at(path), None)
        return 0

    def rename(self, old: str, new: str) -> int:
        if self._at(new).exists():
            self._bury(self._at(new))
        names = self._listings[self._at(old).parent][-1]
        number = names[self._at(old).name]
        self._at(old).rename(self._at(new))
        assert self._at(old).parent == self._at(new).parent and number, "not done by ingest"
        changed = {name: at for name, at in names.items() if name != self._at(old).name}
        self._listings[self._at(new).parent].append(changed | {self._at(new).name: number})
        return 0

    def _name(self, path: Path, number: int | None) -> None:
        names = dict(self._listings[path.parent][-1])
        names.pop(path.name, None)
        self._listings[path.parent].append(names if number is None else names | {path.name: number})

    def _bury(self, path: Path) -> None:
        # its number must not be given to another file while a listing still means this one
        grave = self._kept / f"grave-{path.stat().st_ino}"
        if not grave.exists():
            os.link(path, grave)

    # what changes contents

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._change(fh, lambda handle: _write(handle, data, offset))
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        handle = os.open(self._at(path), os.O_RDWR)
        self._change(handle, lambda file: os.ftruncate(file, length))
        os.ftruncate(handle, length)
        os.close(handle)
        return 0

    def _change(self, handle: int, change: Change) -> None:
        self._changes[os.fstat(handle).st_ino].append(change)

    # what makes it last

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        number = os.fstat(fh).st_ino
        _apply(self._changes.pop(number, []), self._kept / str(number))
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._listings[self._at(path)] = self._listings[self._at(path)][-1:]
        return 0

    # the cut

    def _cut(self, name: str) -> None:
        chance = random.Random(name)
        self._restore(self._live, self._cuts / name / "least", lambda: 0.0)
        self._restore(self._live, self._cuts / name / "torn", chance.random)

    def _restore(self, folder: Path, to: Path, chance: Callable[[], float]) -> None:
        to.mkdir(parents=True)
        listings = self._listings[folder]
        for name, number in listings[int(chance() * len(listings))].items():
            if not number:
                self._restore(folder / name, to / name, chance)
                continue
            kept = self._kept / str(number)
            shutil.copyfile(kept if kept.exists() else os.devnull, to / name)
            survived = [change for change in self._changes[number] if chance() > 0.5]
            _apply(survived, to / name)

    # all else is only passed on

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        try:
            found = self._at(path).lstat()
        except FileNotFoundError:
            raise FuseOSError(errno.ENOENT) from None
        names = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_ino")
        moments = {f"st_{x}time": getattr(found, f"st_{x}time_ns") for x in "amc"}
        return moments | {name: getattr(found, name) for name in names}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(child.name for child in self._at(path).iterdir())]

    def open(self, path: str, flags: int) -> int:
        return os.open(self._at(path), flags & ~os.O_APPEND)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def chmod(self, path: str, mode: int) -> int:
        self._at(path).chmod(mode)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._live)
        names = ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_namemax")
        return {name: getattr(found, name) for name in names}

    def _at(self, path: str) -> Path:
        return self._live / path.lstrip("/")


def _write(handle: int, data: bytes, offset: int) -> None:
    os.pwrite(handle, data, offset)


def _apply(changes: list[Change], path: Path) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    for change in changes:
        change(handle)
    os.close(handle)


if __name__ == "__main__":
    mount, kept, live, cuts = map(Path, sys.argv[1:])
    # one thread, so that nothing happens during a cut
    FUSE(ForgetfulDisk(live, kept, cuts), str(mount), foreground=True, nothreads=True)
