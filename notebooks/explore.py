# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""A first look for analysts: how fresh, how the scores lie, what weighs most, and your own SQL.

Runs on whatever set is published. Change any query; nothing here can write.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Explore sessions and scores")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks.client import open_client
    from notebooks.sheets import ACCENT, head, picture, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "Explore sessions and scores",
        "How fresh is the set, how do scores lie, and what does your own SQL say? "
        "`client.sql(query)` runs DuckDB SQL on the published marts and gives a polars frame.",
    )
    return (client,)


@app.cell
def freshness(client):
    fresh = client.sql("""
        select as_of, data_through, session_count, scored_tutor_count, new_tutor_count,
            not_enough_data_count, needs_attention_count, expected_false_alarms, formula_version
        from rpt_freshness
    """)
    fresh
    return (fresh,)


@app.cell(hide_code=True)
def distribution_words():
    mo.md("""
    ## How the scores lie

    Tutors per five points; n is the number of tutors and, over them, of sessions counted.
    """)
    return


@app.cell
def distribution(client):
    score_bins = client.sql("""
        select floor(score / 5)::integer * 5 as score_from, count(*) as tutors,
            sum(session_count)::bigint as sessions
        from rpt_tutor_scorecards where state = 'scored' group by 1 order by 1
    """)
    bars = (
        alt.Chart(score_bins)
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X("score_from:O", title="score, from", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("tutors:Q", title="tutors"),
            tooltip=["score_from", "tutors", "sessions"],
        )
        .properties(height=220)
    )
    picture(bars, score_bins, "No tutor has a score yet.")
    return (score_bins,)


@app.cell(hide_code=True)
def components_words():
    mo.md("""
    ## What weighs most

    Points that each component takes or gives, over all scored tutors.
    """)
    return


@app.cell
def components(client):
    weights = client.sql("""
        select part.label, count(*) as tutors, avg(part.points)::double as mean_points,
            min(part.points)::double as worst_points,
            count(*) filter (part.points <= -5) as tutors_at_minus_5_or_less
        from (select unnest(components) as part from rpt_tutor_scorecards)
        group by 1 order by mean_points
    """)
    table(weights)
    return (weights,)


@app.cell(hide_code=True)
def question_words():
    mo.md("""
    ## Ask your own

    Change the query and leave the field, or press Ctrl-Enter.
    """)
    return


@app.cell(hide_code=True)
def question():
    query = mo.ui.code_editor(
        """select subject, count(*) as sessions,
    count(*) filter (status = 'rescheduled' and caused_by = 'tutor') as moved_by_tutor
from fct_sessions
group by all order by sessions desc""",
        language="sql",
        min_height=110,
    )
    query
    return (query,)


@app.cell
def answer(client, query):
    answered = client.sql(query.value)
    table(answered, page_size=15)
    return (answered,)


if __name__ == "__main__":
    app.run()
