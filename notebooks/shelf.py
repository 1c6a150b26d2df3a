"""The analysts' notebooks: what there is, and copies of them that an analyst may change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, Conflict, NotFound

HOME = "home"
QUESTIONS = {
    HOME: "What is there, and what does each notebook answer?",
    "explore": "How fresh is the set, how do scores lie, and what does your own SQL say?",
    "tutor": "Why does this tutor have this score, since when, and what comes next?",
    "what_if": "Who would be flagged, and how wrongly, under other limits and weights?",
    "validity": "Are the scores right, where the truth is known?",
    "first_sessions": "Where do first sessions go badly, and do students come again?",
    "interventions": "Did it help when somebody acted?",
    "cohort": "Who stays? A template for students or tutors that you follow over weeks.",
    "data_quality": "What is missing, late or corrected in what we were sent?",
}
_ORIGINALS = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
# not to be seen among the notebooks: what each copy looked like when it was made
_AS_COPIED = ".as-copied"
_CONFIG = """\
# Settings of marimo for the notebooks in the folder above. Yours to change.
[runtime]
auto_instantiate = true

[display]
theme = "system"

[ai]
enabled = false
"""


@dataclass(frozen=True)
class Shelf:
    """A folder of notebooks that belong to the analysts; what they changed is never overwritten."""

    folder: Path

    @property
    def config_home(self) -> Path:
        """Returns the folder that is to be XDG_CONFIG_HOME of marimo."""
        return self.folder / ".config"

    def names(self) -> list[str]:
        """Returns the names of all notebooks: ours first, then those that analysts made."""
        made = {path.stem for path in self.folder.glob("*.py")} - QUESTIONS.keys()
        return [*QUESTIONS, *sorted(made)]

    def lay_out(self) -> list[str]:
        """Copies every notebook that is not there or was not changed since it was copied.

        Returns the names of those whose original is newer than a copy with changes, which is kept.
        """
        (self.folder / _AS_COPIED).mkdir(parents=True, exist_ok=True)
        config = self.config_home / "marimo" / "marimo.toml"
        if not config.exists():
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(_CONFIG)
        return list(self._lay_out())

    def _lay_out(self) -> Iterator[str]:
        for name in QUESTIONS:
            copy, seen = self.path(name), self.folder / _AS_COPIED / f"{name}.py"
            original = original_of(name).read_bytes()
            was = seen.read_bytes() if seen.exists() else None
            if copy.exists() and copy.read_bytes() not in (was, original):
                if was != original:
                    yield name
                continue
            copy.write_bytes(original)
            seen.write_bytes(original)

    def path(self, name: str) -> Path:
        """Returns where the notebook of this name lies in the folder."""
        return self.folder / f"{name}.py"

    def find(self, name: str) -> Path:
        """Returns the file of a notebook.

        Raises:
            NotFound: there is none of this name.
        """
        if name not in self.names():
            raise NotFound(
                f"There is no notebook of this name. There are: {', '.join(self.names())}."
            )
        return self.path(name)

    def add(self, template: str, name: str) -> Path:
        """Returns the new notebook, a copy of one of ours under a name of its own.

        Raises:
            BadInput: the name is no name for a notebook, or there is no such template.
            Conflict: there is one of this name already.
        """
        if template not in QUESTIONS:
            raise BadInput(f"There is no template of this name. There are: {', '.join(QUESTIONS)}.")
        if not _NAME.fullmatch(name):
            raise BadInput("A notebook's name is of a-z, 0-9 and _, and begins with a letter.")
        path = self.path(name)
        if path.exists() or name in QUESTIONS:
            raise Conflict("There is a notebook of this name already. Choose another name.")
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(original_of(template).read_bytes())
        return path


def original_of(name: str) -> Path:
    """Returns the file that a notebook of ours is delivered as."""
    return _ORIGINALS / f"{name}.py"
