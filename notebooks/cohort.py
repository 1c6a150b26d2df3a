# mypy: allow-untyped-defs
"""Who stays? Students or tutors of a cohort, followed over the weeks since their first session.

A template: copy it with `workbench notebook new --template cohort NAME` and change it.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Who stays?")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks.client import open_client
    from notebooks.sheets import head, picture, plain


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "Who stays?",
        "Of those whose first completed session is so many weeks ago, how many had one in that "
        "week? A week counts for who has seen the whole of it. Who was here before the first day "
        "of the data seems to have begun with it.",
    )
    return (client,)


@app.cell
def picker():
    who = mo.ui.dropdown(["students", "tutors"], value="students", label="Who")
    cohort_by = mo.ui.dropdown(
        {"month": "month", "subject": "subject", "grade": "grade_level", "all": "all"},
        value="all",
        label="Cohorts by the first session's",
    )
    least = mo.ui.slider(1, 100, value=20, label="Least people in a week", show_value=True)
    mo.hstack([who, cohort_by, least], justify="start")
    return cohort_by, least, who


@app.cell
def retention(client, cohort_by, who):
    weeks = client.retention(who.value, cohort_by.value)
    return (weeks,)


@app.cell
def curves(least, weeks):
    # fewer people than this say too little
    told = weeks.filter((weeks["person_count"] >= least.value) & (weeks["week_number"] <= 26))
    base = alt.Chart(plain(told)).encode(
        x=alt.X("week_number:Q", title="weeks since the first session").axis(tickMinStep=1),
        color=alt.Color("cohort:N", title=None),
        tooltip=[
            *("cohort", "week_number", "came_count", "person_count"),
            *("came_rate", "came_rate_low", "came_rate_high"),
        ],
    )
    lines = base.mark_line(point=True).encode(
        y=alt.Y("came_rate:Q", title="had a session", axis=alt.Axis(format="%")).scale(zero=False)
    )
    spans = base.mark_rule(opacity=0.4).encode(y="came_rate_low:Q", y2="came_rate_high:Q")
    picture(spans + lines, told, "No cohort has so many people yet. Lower the least.")
    return (told,)


if __name__ == "__main__":
    app.run()
