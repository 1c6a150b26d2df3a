"""What a coach can do about a case, as forms that `fragment.js` posts, and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from notebooks import text
from notebooks.components import joined, tutor_link
from notebooks.data import Row
from notebooks.viewer import Viewer

_UNDONE = {
    "acknowledge": "that it was seen",
    "assign": "who has the case",
    "snooze": "the snooze",
    "resolve": "that it is resolved",
    "dismiss": "that it is wrong",
    "dispute": "the dispute",
    "note": "a note",
}
_AGREES = {"": "Not sure", "true": "Yes", "false": "No"}
_NOTE = Markup(
    "<label>Note for colleagues, without names of students"
    '<textarea name="note" maxlength="2000" rows="2"></textarea></label>'
)


def short(case: Row, viewer: Viewer) -> Markup:
    """Returns the two things most done about a case of the list, and who has it.

    Acts that no set has yet, its `just_now`, are told in the place of the forms.
    """
    if case["just_now"]:
        return _just_now(case, viewer)
    if not viewer.may_act:
        return _owner(case, viewer)
    return Markup('<div class="act">{}{}{}</div>').format(
        _take(case, viewer), _snooze(case), _owner(case, viewer)
    )


def panel(case: Row, viewer: Viewer) -> Markup:
    """Returns everything that can be done about a case, or what was done just now."""
    if case["just_now"]:
        return _just_now(case, viewer)
    if not viewer.may_act:
        return _owner(case, viewer)
    return Markup('<div class="act wide">{}{}{}{}{}{}{}</div>').format(
        _take(case, viewer),
        _resolve(case),
        _snooze(case),
        _give(case, viewer),
        _wrong(case),
        _note(case),
        _owner(case, viewer),
    )


def _just_now(case: Row, viewer: Viewer) -> Markup:
    lines = joined(
        Markup("<p>{} {}</p>{}").format(
            _who(act, viewer), _did(act, viewer, ""), _undo(act, viewer)
        )
        for act in case["just_now"]
    )
    return Markup(
        '<div class="act"><div id="just-{}" tabindex="-1" role="status">'
        '<p class="meta">Just now</p>{}</div></div>'
    ).format(case["tutor_id"], lines)


def trail(acts: list[Row], viewer: Viewer, zone: str, *, names_tutor: bool = False) -> Markup:
    """Returns what was done, newest first; what one did oneself can be taken back."""
    lines = joined(_line(act, viewer, zone, names_tutor) for act in acts)
    return Markup('<ul class="trail">{}</ul>').format(lines)


def _line(act: Row, viewer: Viewer, zone: str, names_tutor: bool) -> Markup:
    tutor = Markup("{}: ").format(tutor_link(act)) if names_tutor else ""
    note = Markup("<q>{}</q>").format(act["note"]) if act["note"] else ""
    return Markup('<li><span>{}{} {}{}</span> <span class="meta">{}</span>{}</li>').format(
        tutor,
        _who(act, viewer),
        text.listed([_did(act, viewer, zone), _opinion(act)], ", "),
        note,
        text.moment(act["acted_at"], zone),
        _undo(act, viewer),
    )


def _who(act: Row, viewer: Viewer) -> str:
    name = viewer.name_of(act["acted_by"])
    return name[:1].upper() + name[1:]


def _did(act: Row, viewer: Viewer, zone: str) -> str:
    if act["action"] == "assign":
        is_own = act["assignee"] == act["acted_by"]
        return "took the case" if is_own else f"gave it to {viewer.name_of(act['assignee'] or '')}"
    if act["action"] == "undo":
        return f"took back {_UNDONE.get(act['reason_code'] or '', 'something')}"
    if act["action"] == "snooze":
        return f"snoozed it {_snoozed(act, zone)}".strip()
    reason = text.reason(act["reason_code"])
    words = {
        "acknowledge": "saw it",
        "resolve": "resolved it",
        "dismiss": "said that it is wrong",
        "dispute": "disputed it",
        "note": "wrote a note",
    }[act["action"]]
    return f"{words}: {reason}" if reason else words


def _snoozed(act: Row, zone: str) -> str:
    sessions = act["until_sessions"]
    ends = [
        f"until {text.moment(act['snoozed_until'], zone)}" if act["snoozed_until"] else "",
        text.count(sessions, "more session") if sessions else "",
        "it gets worse" if act["until_worse"] else "",
    ]
    return text.listed(ends, " or ")


def _opinion(act: Row) -> str:
    return {True: "and agreed", False: "and did not agree", None: ""}[act["agrees"]]


def _undo(act: Row, viewer: Viewer) -> Markup:
    is_own = act["acted_by"] == viewer.username or viewer.role == "admin"
    if not (viewer.may_act and is_own) or act["action"] == "undo":
        return Markup("")
    return Markup(
        '<form class="do" method="post" action="/v1/flag-actions/undo" data-ids="{}">'
        '<button class="plain">Undo</button><span role="status" class="meta"></span></form>'
    ).format(json.dumps(act["action_ids"]))


def _owner(case: Row, viewer: Viewer) -> Markup:
    has_owner = case["status"] == "assigned" and case["assignee"]
    owner = viewer.name_of(case["assignee"]) if has_owner else "nobody yet"
    seen = "seen" if case["status"] == "acknowledged" else ""
    back = "back after it was closed" if case["is_regressed"] else ""
    disputed = "disputed" if case["is_disputed"] else ""
    return Markup('<p class="meta age">{}</p>').format(
        text.listed([text.days_open(case["days_open"]), owner, seen, back, disputed])
    )


def _take(case: Row, viewer: Viewer) -> Markup:
    if case["status"] == "assigned" and case["assignee"] == viewer.username:
        return Markup("")
    return _form(case, "assign", Markup(""), "Take this case", "btn main", viewer.username)


def _give(case: Row, viewer: Viewer) -> Markup:
    others = {name: shown for name, shown in viewer.people.items() if name != viewer.username}
    if not others:
        return Markup("")
    return _folded(case, "assign", "Give to…", _select("Who", "assignee", others), "Give")


def _snooze(case: Row) -> Markup:
    in_a_week = case["as_of"] + timedelta(days=7)
    fields = Markup(
        '<label>Until<input type="date" name="until" value="{:%Y-%m-%d}" min="{:%Y-%m-%d}">'
        '</label><label>or after so many more sessions<input type="number" '
        'name="until_sessions" min="1" max="1000" inputmode="numeric"></label>'
        '<label class="check"><input type="checkbox" name="until_worse" checked>'
        "or when it gets clearly worse</label>"
    ).format(in_a_week, case["as_of"] + timedelta(days=1))
    return _folded(case, "snooze", "Snooze…", fields, "Snooze")


def _resolve(case: Row) -> Markup:
    fields = Markup("{}{}{}").format(
        _select("What was done", "reason_code", text.HELPED_BY),
        _select("Was the flag right?", "agrees", _AGREES),
        _NOTE,
    )
    return _folded(case, "resolve", "Resolve…", fields, "Resolve")


def _wrong(case: Row) -> Markup:
    fields = Markup('<input type="hidden" name="agrees" value="false">{}{}{}').format(
        _select("Why", "reason_code", text.WRONG_BY),
        _select("And then", "action", {"dismiss": "Close it", "dispute": "Keep it, as disputed"}),
        _NOTE,
    )
    return _folded(case, "", "This is wrong…", fields, "Say so", place="wrong")


def _note(case: Row) -> Markup:
    done = _select("Something was done", "reason_code", {"": "No"} | text.HELPED_BY)
    return _folded(case, "note", "Note…", Markup("{}{}").format(_NOTE, done), "Keep the note")


def _select(label: str, name: str, choices: Mapping[str, str]) -> Markup:
    options = joined(
        Markup('<option value="{}">{}</option>').format(value, words)
        for value, words in choices.items()
    )
    return Markup('<label>{}<select name="{}">{}</select></label>').format(label, name, options)


def _folded(
    case: Row, action: str, title: str, fields: Markup, button: str, place: str = ""
) -> Markup:
    name = case["tutor_id"]
    return Markup(
        '<details id="{}-{}" name="do-{}"><summary class="btn">{}</summary>{}</details>'
    ).format(place or action, name, name, title, _form(case, action, fields, button, "btn main"))


def _form(
    case: Row, action: str, fields: Markup, button: str, look: str, assignee: str = ""
) -> Markup:
    hidden = joined(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in (("action", action), ("assignee", assignee))
        if value
    )
    return Markup(
        '<form class="do" method="post" action="/v1/flag-actions" data-flags="{}" data-seen="{}">'
        '{}{}<button class="{}">{}</button><p role="status" class="meta"></p></form>'
    ).format(json.dumps(case["flag_ids"]), case["seen_seq"], hidden, fields, look, button)
