# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""What is missing, late or corrected in what we were sent, and how long it took to tell."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Data quality")

with app.setup:
    import altair as alt
    import marimo as mo

    from core.settings import load_settings
    from notebooks.client import open_client
    from notebooks.sheets import ACCENT, head, picture, plain, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    mo.vstack(
        [
            head(
                client,
                "Data quality",
                "What is missing, late or corrected in what we were sent, and how long did it take "
                "to tell?",
            ),
            mo.md(f"""
            A set is published only when all tests that guard it have passed, so this one has. What
            was sent twice is stored once, and what could not be accepted is in no set: see
            [operations]({load_settings().web_url}/operations) or `workbench quarantine list`.
            """),
        ]
    )
    return (client,)


@app.cell(hide_code=True)
def volume_words():
    mo.md("""
    ## Sessions by day

    A hole here is a day that was not sent.
    """)
    return


@app.cell
def volume(client):
    days = client.platform_days().select(
        *("session_date", "session_count", "completed_count", "rating_count"),
        *("platform_caused_count", "unknown_caused_count", "as_of"),
    )
    bars = (
        alt.Chart(days)
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X("session_date:T", title=None),
            y=alt.Y("session_count:Q", title="sessions"),
            tooltip=["session_date:T", "session_count", "completed_count", "rating_count"],
        )
        .properties(height=200)
    )
    picture(bars, days, "No session has come yet.")
    return (days,)


@app.cell(hide_code=True)
def gaps_words():
    mo.md("""
    ## What sessions lack

    Of those that are over and should have it, all days together.
    """)
    return


@app.cell
def gaps(client):
    lacking = client.sql("""
        select kind, sum(missing_count)::bigint as missing, sum(session_count)::bigint as sessions,
            sum(missing_count) / nullif(sum(session_count), 0) as missing_share
        from rpt_completeness_days group by 1 order by missing_share desc nulls last, kind
    """)
    table(lacking)
    return (lacking,)


@app.cell
def gap_picker(lacking):
    kinds = lacking["kind"].to_list()
    kind = mo.ui.dropdown(kinds, value=kinds[0] if kinds else None, label="By day")
    kind
    return (kind,)


@app.cell
def gap_days(client, kind):
    by_day = client.completeness_days()
    by_day = by_day.filter(by_day["kind"] == (kind.value or ""))
    share = (
        alt.Chart(plain(by_day))
        .mark_line(point=True, color=ACCENT)
        .encode(
            x=alt.X("session_date:T", title=None),
            y=alt.Y("missing_share:Q", title="share of sessions", axis=alt.Axis(format="%")),
            tooltip=["session_date:T", "missing_share", "missing_count", "session_count"],
        )
        .properties(height=200)
    )
    picture(share, by_day, "No session is over yet.")
    return (by_day,)


@app.cell(hide_code=True)
def speed_words():
    mo.md("""
    ## How long it took to tell

    Seconds from a live session's end, and from its arrival, until somebody was told.
    """)
    return


@app.cell
def speed(client):
    told = client.freshness_days()
    table(told, "No live session has been measured yet: it is done at night.")
    return (told,)


@app.cell(hide_code=True)
def outages_words():
    mo.md("""
    ## Left out as outages

    No session in one counts for or against a tutor.
    """)
    return


@app.cell
def outages(client):
    left_out = client.sql("from rpt_platform_outages order by started_at desc")
    table(left_out, "No outage was found or declared.")
    return (left_out,)


if __name__ == "__main__":
    app.run()
