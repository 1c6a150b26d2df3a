# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""A tutor from close up: the receipt of the score, its history, flags, peers, what comes next."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="A tutor from close up")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks.charts import draw_scores
    from notebooks.client import open_client
    from notebooks.sheets import ACCENT, WARM, empty, head, picture, plain, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "A tutor from close up",
        "Why does this tutor have this score, since when, and what comes next?",
    )
    return (client,)


@app.cell
def picker(client):
    names = client.tutors().select("tutor_id", "display_name", "state_text", "score")
    choices = {
        f"{row['display_name']} ({row['tutor_id']})": row["tutor_id"] for row in names.to_dicts()
    }
    tutor = mo.ui.dropdown(
        choices, value=next(iter(choices), None), label="Tutor, lowest score first", searchable=True
    )
    tutor
    return (tutor,)


@app.cell
def card(client, tutor):
    chosen = client.sql("from rpt_tutor_scorecards where tutor_id = $1", tutor.value)
    mo.stop(chosen.is_empty(), empty("No tutor is known yet."))
    told = chosen.row(0, named=True)
    score_text = (
        f"Score **{told['score']}**, 90 % between {told['score_low']} and {told['score_high']}"
        if told["score"] is not None
        else "No score: there is not enough to go by"
    )
    mo.md(
        f"{score_text}. {told['state_text']}. Not counted, since others caused it: "
        f"{told['excluded_student_count']} by students, {told['excluded_platform_count']} by the "
        f"platform. Taught for {told['tenure_days']} days."
    )
    return (chosen,)


@app.cell(hide_code=True)
def receipt_words():
    mo.md("""
    ## The receipt

    The score is the baseline plus these points, exactly. n is the sessions that count.
    """)
    return


@app.cell
def receipt(client, tutor):
    parts = client.receipt(tutor.value)
    points = (
        alt.Chart(plain(parts.select("label", "points", "session_count", "reason_text")))
        .mark_bar()
        .encode(
            x=alt.X("points:Q", title="points"),
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.condition("datum.points < 0", alt.value(WARM), alt.value(ACCENT)),
            tooltip=["label", "points", "reason_text", "session_count"],
        )
    )
    picture(points, parts, "There is no score, and so no receipt.")
    return (parts,)


@app.cell(hide_code=True)
def history_words():
    mo.md("""
    ## Score by day

    With its 90 % band; a gap is a day without a score.
    """)
    return


@app.cell
def history(client, tutor):
    days = client.scores(tutor_id=tutor.value)
    picture(
        draw_scores(days.to_dicts(), "Score by day of the chosen tutor, with its 90 % band"),
        days,
        "No day has been scored yet.",
    )
    return (days,)


@app.cell(hide_code=True)
def peers_words():
    mo.md("""
    ## Peers

    Scores of tutors who teach the same main subject and have been here about as long.
    """)
    return


@app.cell
def peers(client, tutor):
    band = client.sql("from rpt_peer_bands where tutor_id = $1", tutor.value)
    table(band, "Fewer than a handful of peers, or no score yet.")
    return (band,)


@app.cell(hide_code=True)
def flags_words():
    mo.md("""
    ## Flags, and what people did

    All of the history, the newest first.
    """)
    return


@app.cell
def flags(client, tutor):
    flagged = client.flags(tutor_id=tutor.value)
    acted = client.sql(
        """
        select acted_at, action, acted_by, reason_code, agrees, status_after, flag_id
        from fct_flag_actions where tutor_id = $1 order by acted_at desc
        """,
        tutor.value,
    )
    mo.vstack(
        [
            table(flagged, "This tutor was never flagged."),
            table(acted, "Nobody has acted on a flag of this tutor."),
        ]
    )
    return (flagged,)


@app.cell(hide_code=True)
def coming_words():
    mo.md("""
    ## What comes next

    Sessions of the next days and the chance that they are moved, missed, or a poor first one.
    """)
    return


@app.cell
def coming(client, tutor):
    risks = client.upcoming(tutor.value)
    table(
        risks.select(
            "scheduled_start", "kind", "probability", "base_probability", "reason_text", "as_of"
        ),
        "No session is scheduled in the next days.",
    )
    return (risks,)


@app.cell(hide_code=True)
def sessions_words():
    mo.md("""
    ## Sessions
    """)
    return


@app.cell
def sessions(client, tutor):
    held = client.sessions(tutor_id=tutor.value)
    table(
        held.select(
            *("scheduled_start", "subject", "status", "caused_by", "headline"),
            *("tutor_late_minutes", "notice_hours", "student_rating", "is_first_session"),
            *("counts_for_tutor", "session_id"),
        ),
        page_size=15,
    )
    return (held,)


if __name__ == "__main__":
    app.run()
