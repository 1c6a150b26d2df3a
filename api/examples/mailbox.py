"""Example answers of the mailbox."""

from __future__ import annotations

from api.examples.common import Json

LETTERS: Json = {
    "count": 1,
    "items": [
        {
            "key": "1763826005.M12P7Q1.host",
            "subject": "[HIGH] Rivera T. · moved, score 41 (\u22122) · S-8F2K",
            "to": "coaches@example.org",
            "message_id": "<session-S-8F2K.v1.0a1b2c3d@workbench.example>",
            "session_id": "S-8F2K",
            "date": "2026-11-21T17:30:05Z",
        }
    ],
}
