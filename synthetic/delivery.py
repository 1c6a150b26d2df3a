"""How lines leave the company: now and then one twice, as after a lost answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson


def repeat_some(lines: Iterable[bytes], every: int) -> Iterator[bytes]:
    """Yields the lines, one in `every` of them twice: as it was, or with its keys turned round."""
    for place, line in enumerate(lines):
        yield line
        if place % every == 0:
            yield line if place % (2 * every) == 0 else turn_round(line)


def turn_round(line: bytes) -> bytes:
    """Returns the same record with its keys in the opposite order."""
    record = orjson.loads(line)
    return orjson.dumps(dict(reversed(record.items())), option=orjson.OPT_APPEND_NEWLINE)
