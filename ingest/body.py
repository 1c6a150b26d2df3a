"""Reads a request body within its limits and cuts it into records, byte for byte."""

from __future__ import annotations

import json
import re
import zlib
from functools import lru_cache

from starlette.types import Receive

from core.errors import BodyTooLarge, MalformedBody, UnsupportedBody
from ingest.strict_json import FAULTS

NDJSON = ("application/x-ndjson", "application/ndjson")
_TYPES = ("application/json", *NDJSON)
_SPACE = re.compile(r"[ \t\r\n]*")
_COMMA_OR_END = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")
# Only the ends of elements are wanted here; what they hold is checked record by record.
_SCANNER = json.JSONDecoder(parse_int=float)
_GZIP = 31  # zlib's window bits for a gzip header and trailer
_MOST_COMMAS = 1_000_000  # a second's work; 5,000 sessions have a quarter of that
_MOST_MEMBERS = 100  # for each, what follows it is copied: many small ones would take minutes
_BLANK = b" \t\r\n"  # what JSON allows between tokens; strip() alone takes more


@lru_cache(maxsize=64)
def check_headers(content_type: bytes, content_encoding: bytes) -> str:
    """Returns the media type without parameters.

    Raises:
        UnsupportedBody: the type, its character set or the encoding is not one that is read here.
    """
    media_type, _, parameters = content_type.decode("latin-1").lower().partition(";")
    if media_type.strip() not in _TYPES:
        raise UnsupportedBody(f"Send Content-Type: {' or '.join(_TYPES)}.")
    if "charset" in parameters and "utf-8" not in parameters:
        raise UnsupportedBody("Send UTF-8; leave out the charset or set it to utf-8.")
    if content_encoding.lower() not in (b"", b"identity", b"gzip"):
        raise UnsupportedBody("Send Content-Encoding: gzip, or leave it out.")
    return media_type.strip()


async def read_body(receive: Receive, max_bytes: int) -> bytes:
    """Returns the whole body as it was sent.

    Raises:
        BodyTooLarge: there is more; no more than that is ever held.
        MalformedBody: the body is cut off.
    """
    chunks: list[bytes] = []
    size, has_more = 0, True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("The body was cut off. Send all of it.")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > max_bytes:
            raise _too_many_bytes(max_bytes)
        has_more = message.get("more_body", False)
    return b"".join(chunks)


def inflate(packed: bytes, max_bytes: int) -> bytes:
    """Returns the body that was sent as gzip.

    Raises:
        BodyTooLarge: there is more; no more than that is ever held.
        MalformedBody: the gzip data is damaged or cut off.
    """
    body = b""
    for _ in range(_MOST_MEMBERS):  # a gzip file may have several, one after the other
        if not packed:
            return body
        member = zlib.decompressobj(_GZIP)
        try:
            body += member.decompress(packed, max_bytes - len(body) + 1)
        except zlib.error:
            raise MalformedBody("The gzip data is damaged. Compress and send it again.") from None
        if len(body) > max_bytes:
            raise _too_many_bytes(max_bytes)
        if not member.eof:
            raise MalformedBody("The gzip data is cut off. Send all of it.")
        packed = member.unused_data
    if packed:
        raise MalformedBody("The gzip data has too many parts. Compress all of it at once.")
    return body


def split_records(body: bytes, media_type: str, max_rows: int) -> tuple[list[bytes], bool]:
    """Returns each record's bytes as they were sent, in order, and whether it is a single one.

    Raises:
        MalformedBody: the body holds no record, or cannot be cut into records.
        BodyTooLarge: it holds more than `max_rows` records, or values without end.
    """
    if body.count(b",") > _MOST_COMMAS:
        raise BodyTooLarge("There are more than a million values in it. Send less a request.")
    body = body.strip(_BLANK)
    is_ndjson = media_type in NDJSON
    if not is_ndjson and body[:1] != b"[":
        records = [body] if body else []
    elif is_ndjson:
        records = [record for line in body.split(b"\n") if (record := line.strip(_BLANK))]
    else:
        records = _split_array(body, max_rows)
    if not records:
        raise MalformedBody("The body holds no record. Send a JSON object, an array or NDJSON.")
    if len(records) > max_rows:
        raise _too_many_rows(max_rows)
    return records, not is_ndjson and body[:1] != b"["


def _split_array(body: bytes, max_rows: int) -> list[bytes]:
    try:
        return [record.encode() for record in _elements(body.decode(), max_rows)]
    except UnicodeDecodeError:
        raise MalformedBody(FAULTS["not_utf8"]) from None
    except RecursionError:
        raise MalformedBody(FAULTS["too_deep"]) from None
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"This is not valid JSON: see character {error.pos}. Nothing of it was stored."
        ) from None


def _elements(text: str, max_rows: int) -> list[str]:
    elements: list[str] = []
    position = _end_of_space(text, text.index("[") + 1)
    if text[position : position + 1] == "]":
        return elements
    mark = ","
    while mark == ",":
        if len(elements) == max_rows:
            raise _too_many_rows(max_rows)
        _, end = _SCANNER.raw_decode(text, position)
        elements.append(text[position:end])
        if (follows := _COMMA_OR_END.match(text, end)) is None:
            raise json.JSONDecodeError("Expecting , or ]", text, end)
        mark, position = follows[1], follows.end()
    if position != len(text):
        raise json.JSONDecodeError("Extra data", text, position)
    return elements


def _end_of_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _too_many_bytes(max_bytes: int) -> BodyTooLarge:
    size = f"{max_bytes // 2**20} MB" if max_bytes >= 2**20 else f"{max_bytes} bytes"
    return BodyTooLarge(f"Send at most {size} a request, counted before and after gunzip.")


def _too_many_rows(max_rows: int) -> BodyTooLarge:
    return BodyTooLarge(f"Send at most {max_rows} records a request.")
