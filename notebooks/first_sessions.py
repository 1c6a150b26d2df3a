# mypy: allow-untyped-defs
"""First sessions: where they go badly, and whether students come again."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="First sessions")

with app.setup:
    import marimo as mo

    from notebooks.client import open_client
    from notebooks.sheets import dots, head, line_at, picture, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "First sessions",
        "Where do first sessions go badly, and do students come again? A first session is poor "
        "when it was rated 2 or less, or the tutor missed it.",
    )
    return (client,)


@app.cell
def picker(client):
    patterns = client.sql("""
        select kind, window_days, count(*) as groups, sum(first_session_count) as first_sessions
        from rpt_first_session_patterns group by 1, 2 order by 1, 2
    """)
    kinds = patterns["kind"].unique().sort().to_list() or ["subject"]
    windows = patterns["window_days"].unique().sort().to_list() or [90]
    kind = mo.ui.dropdown(kinds, value=kinds[-2] if len(kinds) > 1 else kinds[0], label="By")
    window = mo.ui.dropdown(
        {f"{days} days": days for days in windows}, value=f"{windows[-1]} days", label="Window"
    )
    mo.hstack([kind, window], justify="start")
    return kind, window


@app.cell
def groups(client, kind, window):
    grouped = client.first_session_patterns(kind.value, window.value)
    enough = grouped.filter(grouped["poor_rate"].is_not_null())
    mo.md(
        f"{len(grouped)} groups by {kind.value} in {window.value} days; {len(enough)} have enough "
        "judged first sessions for a rate, the others stand in the table without one."
    )
    return enough, grouped


@app.cell(hide_code=True)
def poor_words():
    mo.md("""
    ## Poor first sessions

    Rate and 90 % interval, at most thirty groups, the worst first. Dashed: the platform.
    """)
    return


@app.cell
def poor(enough, grouped):
    worst = dots(enough.head(30), "poor_rate", "group_value", "poor first sessions", "judged_count")
    if len(enough):
        worst = worst + line_at(enough["platform_poor_rate"][0])
    picture(worst, grouped, "No first session has been judged yet.")
    return (worst,)


@app.cell(hide_code=True)
def again_words():
    mo.md("""
    ## Students who came again

    Of those whose waiting time is over. Dashed: the platform.
    """)
    return


@app.cell
def again(grouped):
    closed = grouped.filter(grouped["came_again_rate"].is_not_null())
    closed = closed.sort("came_again_rate", "group_value")
    back = dots(closed.head(30), "came_again_rate", "group_value", "came again", "closed_count")
    if len(closed):
        back = back + line_at(closed["platform_came_again_rate"][0])
    picture(back, closed, "No waiting time is over yet.")
    return (closed,)


@app.cell(hide_code=True)
def sessions_words():
    mo.md("""
    ## The sessions behind it

    Poor ones of the last weeks.
    """)
    return


@app.cell
def sessions(client):
    poor_ones = client.sql("""
        select scheduled_start, tutor_id, student_id, subject, grade_level, outcome, student_rating,
            tutor_late_minutes, came_again, came_again_to_tutor, session_id, as_of
        from fct_first_sessions where is_poor order by scheduled_start desc limit 500
    """)
    table(poor_ones)
    return (poor_ones,)


if __name__ == "__main__":
    app.run()
