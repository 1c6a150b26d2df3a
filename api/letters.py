"""Reads the demo's mailbox, a Maildir that the mail catcher writes. Only ever reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from core.errors import NotFound

# a Maildir name starts with seconds, then M and microseconds, P, Q and the delivery's number
_NAME = re.compile(r"(\d+)\.(?:M(\d+))?(?:P\d+)?(?:Q(\d+))?")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_HEADERS_FIT_IN = 16_384


@dataclass(frozen=True)
class LetterHead:
    """What a list shows of one letter."""

    key: str
    subject: str
    to: str
    message_id: str
    session_id: str | None
    date: datetime | None


@dataclass(frozen=True)
class Letter:
    """One letter with its two bodies."""

    head: LetterHead
    html: str
    text: str


def read_heads(paths: Iterable[Path]) -> list[LetterHead]:
    """Returns what a list shows of these letters; headers are read once per letter and process."""
    return [_read_head(path) for path in paths]


def find_paths(mailbox_dir: Path) -> dict[str, Path]:
    """Returns the file of each letter by its key, newest first."""
    paths = {}
    for folder in (mailbox_dir / "new", mailbox_dir / "cur"):
        if folder.is_dir():
            for path in folder.iterdir():
                paths[path.name.partition(":")[0]] = path
    return dict(sorted(paths.items(), key=_arrival, reverse=True))


def read_letter(mailbox_dir: Path, key: str) -> Letter:
    """Returns one letter.

    Raises:
        NotFound: the mailbox has no letter with this key.
    """
    # The key is looked up among what is there and never becomes a path.
    path = find_paths(mailbox_dir).get(key)
    if path is None:
        raise NotFound("This letter is no longer in the mailbox. Go back to the list.")
    message = message_from_bytes(path.read_bytes(), policy=default)
    return Letter(_read_head(path), _body(message, "html"), _body(message, "plain"))


def _arrival(item: tuple[str, Path]) -> tuple[int, int, int]:
    match = _NAME.match(item[0])
    seconds, micros, number = match.groups(default="0") if match else ("0", "0", "0")
    return int(seconds), int(micros), int(number)


@lru_cache(maxsize=20_000)
def _read_head(path: Path) -> LetterHead:
    with path.open("rb") as file:
        start = _HEADERS_END.split(file.read(_HEADERS_FIT_IN), maxsplit=1)[0]
    # the default policy parses every address: nine times slower on a list of thousands
    message = BytesHeaderParser().parsebytes(start)
    return LetterHead(
        key=path.name.partition(":")[0],
        subject=_text(message["Subject"]),
        to=_text(message["To"]),
        message_id=_text(message["Message-ID"]),
        session_id=message["X-Workbench-Session"],
        date=_moment(message["Date"]),
    )


def _text(header: str | None) -> str:
    return " ".join(str(make_header(decode_header(header or ""))).split())


def _moment(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
