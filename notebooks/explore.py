# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""A first look for analysts: how fresh, how the scores lie, what weighs most, one tutor, sessions.

Runs on whatever set is published. Change any query; nothing here can write.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Explore sessions and scores")

with app.setup:
    import altair as alt
    import marimo as mo

    from core.marts import Marts
    from core.settings import load_settings
    from notebooks.charts import draw_scores
    from notebooks.data import Reader, score_history


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Explore sessions and scores

    `ask(sql)` runs DuckDB SQL on the published marts and gives a polars frame. The tables:
    `fct_sessions`, `fct_tutor_days`, `fct_tutor_scores`, `fct_flags`, `dim_tutors` and `rpt_*`.
    """)
    return


@app.cell
def source():
    marts = Marts(load_settings().marts_dir)

    def ask(query, *parameters):
        return marts.cursor().sql(query, params=list(parameters)).pl()

    return ask, marts


@app.cell
def freshness(ask):
    fresh = ask("""
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
def distribution(ask):
    score_bins = ask("""
        select floor(score / 5)::integer * 5 as score_from, count(*) as tutors,
            sum(session_count)::bigint as sessions
        from rpt_tutor_scorecards where state = 'scored' group by 1 order by 1
    """)
    alt.Chart(score_bins).mark_bar().encode(
        x=alt.X("score_from:O", title="score, from"),
        y=alt.Y("tutors:Q", title="tutors"),
        tooltip=["score_from", "tutors", "sessions"],
    ).properties(width="container", height=220)
    return (score_bins,)


@app.cell(hide_code=True)
def components_words():
    mo.md("""
    ## What weighs most

    Points that each component takes or gives, over all scored tutors.
    """)
    return


@app.cell
def components(ask):
    weights = ask("""
        select part.label, count(*) as tutors, avg(part.points)::double as mean_points,
            min(part.points)::double as worst_points,
            count(*) filter (part.points <= -5) as tutors_at_minus_5_or_less
        from (select unnest(components) as part from rpt_tutor_scorecards)
        group by 1 order by mean_points
    """)
    weights
    return (weights,)


@app.cell
def picker(ask):
    names = ask("""
        select tutor_id, display_name || ' (' || tutor_id || ')' as name
        from rpt_tutor_scorecards order by score nulls last, tutor_id
    """)
    choices = dict(zip(names["name"], names["tutor_id"], strict=True))
    tutor = mo.ui.dropdown(
        choices, value=next(iter(choices), None), label="Tutor, lowest score first", searchable=True
    )
    tutor
    return (tutor,)


@app.cell
def tutor_scores(marts, tutor):
    draw_scores(
        score_history(Reader(marts, marts.published().number), tutor.value),
        "Score by day of the chosen tutor, with its 90 % band",
    )
    return


@app.cell
def tutor_sessions(ask, tutor):
    sessions = ask(
        """
        select scheduled_start, subject, status, caused_by, headline, tutor_late_minutes,
            notice_hours, student_rating, is_first_session, session_id
        from fct_sessions where tutor_id = $1 order by scheduled_start desc
        """,
        tutor.value,
    )
    mo.ui.table(sessions, selection=None, page_size=15)
    return (sessions,)


if __name__ == "__main__":
    app.run()
