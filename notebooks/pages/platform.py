"""The platform as a whole: yesterday, last week against the week before, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core.selection import EVERYBODY
from notebooks import data, data_company, parts, text
from notebooks.components import Page, freshness_line, joined, mark, of_all_teams, table
from notebooks.data import Reader, Row
from notebooks.files import File, offer
from notebooks.pages import marked_days
from notebooks.plots import Mark, Point, draw_days
from notebooks.viewer import Viewer

_VIEW = "platform"
_RATES = {
    "tutor_reschedule": ("session_count", "moved by tutors"),
    "tutor_no_show": ("due_count", "missed by tutors"),
    "poor_first_session": ("judged_first_session_count", "poor first sessions"),
}
SHOWN = {name: words.capitalize() for name, (_, words) in _RATES.items()}
_CHANGES = {
    "tutor_reschedule": {
        "up": "tutors moved more of their sessions",
        "down": "tutors moved fewer of their sessions",
    },
    "tutor_no_show": {"up": "tutors missed more sessions", "down": "tutors missed fewer sessions"},
    "poor_first_session": {
        "up": "more first sessions were poor",
        "down": "fewer first sessions were poor",
    },
}
_DIRECTIONS = {
    "up": mark("watch", "▲", "More"),
    "down": mark("ok", "▼", "Fewer"),
    "unclear": mark("none", "≈", "No clear change"),
}


def compose(reader: Reader, query: Mapping[str, str], viewer: Viewer) -> Page:
    """Returns the platform's page."""
    fresh = data.freshness(reader)
    periods = data_company.platform_periods(reader)
    shown = parts.chosen(query, "show", SHOWN)
    title = _headline(periods)
    days = data_company.platform_days(reader)
    body = Markup('<h1 tabindex="-1">{}</h1>{}{}{}{}{}{}{}{}{}{}').format(
        title,
        freshness_line(fresh),
        of_all_teams("All figures", reader.selection == EVERYBODY),
        _week(periods["week"], periods["previous_week"]),
        _yesterday(periods["day"], periods["previous_week"]),
        _by_day(shown),
        _chart(days, shown, marked_days.marks(reader)),
        _twin(days, shown) + marked_days.section(reader, viewer),
        _outages(data_company.outages(reader)),
        _leaving(data_company.churn(reader)),
        _told(data_company.told_days(reader)),
    )
    files = offer(
        File("Weeks", "rpt_platform_periods"),
        File("Days", "rpt_platform_days"),
        File("Outages", "rpt_platform_outages"),
    )
    return Page(title, body, section="Platform", files=files)


def _headline(periods: Mapping[str, Row]) -> str:
    week, before = periods["week"], periods["previous_week"]
    if not week["session_count"]:
        return "No session in the last seven days"
    if not before["session_count"]:
        return f"{text.count(week['session_count'], 'session')} in the first week; none to compare"
    changes = [
        words[week[f"{name}_rate_direction"]]
        for name, words in _CHANGES.items()
        if week[f"{name}_rate_direction"] in words
    ]
    if not changes:
        return "Last week was like the week before, as far as can be told"
    return f"Last week {text.sentence_list(changes)}, against the week before"


def _week(week: Row, before: Row) -> Markup:
    return Markup('<h2>{}</h2><div class="kpis">{}{}{}</div><p class="meta">{}</p>').format(
        f"Last week, {text.days(week['first_day'], week['last_day'])}",
        _plain(text.count(week["session_count"]), "sessions", text.count(before["session_count"])),
        joined(_card(week, before, name) for name in _RATES),
        _plain(_mean(week), "mean rating", _mean(before)),
        f"The week before is {text.days(before['first_day'], before['last_day'])}. Beside each "
        "rate stand its 90 % interval and n. More or fewer is only said when the 90 % interval of "
        "the difference leaves out zero; where nothing changed, one rate in ten says so by chance.",
    )


def _mean(period: Row) -> str:
    return text.NOT_KNOWN if period["rating_mean"] is None else f"{period['rating_mean']:.2f}"


def _plain(value: str, label: str, before: str) -> Markup:
    return Markup(
        '<section class="card"><h3>{}</h3><p class="big">{}</p><p class="meta">{}</p></section>'
    ).format(label.capitalize(), value, f"{before} the week before")


def _card(week: Row, before: Row, name: str) -> Markup:
    of, words = _RATES[name]
    rate = f"{name}_rate"
    return Markup(
        '<section class="card"><h3>{}</h3><p class="big">{}</p><p class="meta">{}</p>'
        '<p>{}</p><p class="meta">{}</p></section>'
    ).format(
        words.capitalize(),
        text.percent(week[rate]),
        parts.doubt(week, rate, of),
        _DIRECTIONS.get(week[f"{rate}_direction"], mark("none", "◇", "Nothing to compare")),
        _compared(week, before, rate, of),
    )


def _compared(week: Row, before: Row, rate: str, of: str) -> str:
    then = f"{text.percent(before[rate])} the week before ({parts.doubt(before, rate, of)})"
    if week[f"{rate}_change"] is None:
        return then
    change, low, high = (
        text.percent_points(week[f"{rate}_change{end}"]) for end in ("", "_low", "_high")
    )
    return f"{change} points ({low} to {high}); {then}"


def _yesterday(day: Row, before: Row) -> Markup:
    shown = [parts.figure(text.count(day["session_count"]), "sessions", "")]
    shown += [_day_figure(day, before, name) for name in _RATES]
    shown.append(parts.figure(_mean(day), "mean rating", f"n {text.count(day['rating_count'])}"))
    return Markup('<h2>Yesterday, {}</h2><dl class="kpis">{}</dl>').format(
        text.day(day["first_day"]), joined(shown)
    )


def _day_figure(day: Row, before: Row, name: str) -> Markup:
    of, words = _RATES[name]
    rate = f"{name}_rate"
    sign = {"up": "▲ more than", "down": "▼ fewer than"}.get(day[f"{rate}_direction"])
    then = text.days(before["first_day"], before["last_day"])
    doubt = text.listed([parts.doubt(day, rate, of), f"{sign} on {then}" if sign else ""])
    return parts.figure(text.percent(day[rate]), words, doubt)


def _by_day(shown: str) -> Markup:
    return Markup('<h2>{}, by day</h2><div class="find">{}</div>').format(
        SHOWN[shown], parts.chips("Rate", "show", SHOWN, {"view": _VIEW, "show": shown})
    )


def _chart(days: list[Row], shown: str, marks: list[Mark]) -> Markup:
    points = [_point(day, f"{shown}_rate", _RATES[shown][0]) for day in days]
    if sum(point.value is not None for point in points) < 2:
        return Markup("")
    return draw_days(points, marks, f"{SHOWN[shown]} by day, with the 90 % interval", " %")


def _point(day: Row, rate: str, of: str) -> Point:
    if day[rate] is None:
        return Point(day["session_date"], None)
    value, low, high = (100 * float(day[f"{rate}{end}"]) for end in ("", "_low", "_high"))
    words = (
        f"{text.day(day['session_date'])}: {text.percent(day[rate])} ({parts.doubt(day, rate, of)})"
    )
    return Point(day["session_date"], value, low, high, words)


def _twin(days: list[Row], shown: str) -> Markup:
    of, _ = _RATES[shown]
    if not days:
        return Markup('<p class="meta">No day is over yet.</p>')
    rows = [
        (text.day(day["session_date"]), parts.rate(day, f"{shown}_rate", of))
        for day in reversed(days)
    ]
    return Markup('<details id="twin"><summary>The same as a table</summary>{}</details>').format(
        table(f"{SHOWN[shown]} by day", ["Day", "Rate, 90 % interval, n"], rows)
    )


def _outages(rows: list[Row]) -> Markup:
    if not rows:
        return Markup("<h2>Left out</h2><p>No outage is known; nothing was left out for one.</p>")
    shown = [
        (
            text.slot(row["started_at"], row["ended_at"], row["zone"]),
            row["note"] or row["outage_reason"],
            f"{row['failed_count']:,} of {row['session_count']:,}",
        )
        for row in rows
    ]
    return Markup("<h2>Left out: outages</h2><p>{}</p>{}").format(
        "In these hours the platform was down. No session in them counts for or against a tutor.",
        table("Outages, newest first", ["When", "Why", "Sessions that failed"], shown),
    )


def _leaving(rows: list[Row]) -> Markup:
    if not rows:
        return Markup("")
    shown = [(row["measure_text"], _share(row)) for row in rows]
    return Markup("<h2>Who left</h2><p>{}</p>{}").format(
        f"In {rows[0]['window_days']} days up to {text.day(rows[0]['known_through'])}: later ones "
        "are not known yet, since leaving shows only after four weeks of silence.",
        table("Who left", ["Share", "Rate, 90 % interval, n"], shown),
    )


def _share(row: Row) -> Markup:
    if row["state"] != "enough":
        return Markup('<span class="meta">{} · n {}</span>').format(
            parts.NOT_ENOUGH, text.count(row["trial_count"])
        )
    return parts.rate(row, "rate", "trial_count")


def _told(rows: list[Row]) -> Markup:
    if not rows:
        return Markup("")
    shown = [
        (
            text.day(row["received_date"]),
            f"{row['within_promise_count']:,} in time, {row['beyond_promise_count']:,} later",
            text.seconds(row["arrival_to_told_p50_seconds"]),
        )
        for row in rows
    ]
    return Markup("<h2>How soon we told</h2>{}").format(
        table(
            "How soon sessions were told of",
            ["Day", "Told within an hour of their end", "Half were told within, from arrival"],
            shown,
        )
    )
