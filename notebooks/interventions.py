# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""Did it help when somebody acted? The change of each tutor less that of matched peers."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Did it help?")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks.client import open_client
    from notebooks.sheets import ACCENT, MUTE, WARM, head, picture, plain, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "Did it help?",
        "A tutor is flagged at the worst and gets better by chance alone. So the change after an "
        "action is told less that of peers who were as bad and whom nobody acted on: below 0 is "
        "better than chance.",
    )
    return (client,)


@app.cell
def states(client):
    by_state = client.sql("""
        select horizon_days, state, count(*) as interventions,
            count(*) filter (effect_high < 0) as surely_better,
            count(*) filter (effect_low > 0) as surely_worse
        from fct_interventions group by 1, 2 order by 1, 2
    """)
    mo.vstack(
        [
            mo.md(
                "## How many can be told\n\n`measured` has an effect; the other states say why "
                "there is none. Surely: the whole 90 % interval is on one side of 0."
            ),
            table(by_state, "Nobody has acted on a flag yet."),
        ]
    )
    return (by_state,)


@app.cell
def picker():
    horizon = mo.ui.dropdown({"28 days": 28, "56 days": 56}, value="28 days", label="After")
    horizon
    return (horizon,)


@app.cell
def effects(client, horizon):
    measured = client.sql(
        """
        select acted_on, acted_on || ' ' || tutor_id || ' ' || action as intervention,
            tutor_id, kind, action, reason_code, acted_by, effect, effect_low, effect_high,
            ratio_before, ratio_after, peer_ratio_before, peer_ratio_after, peer_count
        from fct_interventions where state = 'measured' and horizon_days = $1
        order by effect, action_id limit 40
        """,
        horizon.value,
    )
    base = alt.Chart(plain(measured)).encode(
        y=alt.Y("intervention:N", sort=None, title=None, axis=alt.Axis(labelLimit=280)),
        tooltip=["kind", "effect", "effect_low", "effect_high", "peer_count", "reason_code"],
    )
    zero = alt.Chart({"values": [{"at": 0}]}).mark_rule(strokeDash=[4, 4], color=WARM)
    spans = base.mark_rule(color=MUTE, strokeWidth=2).encode(
        x=alt.X("effect_low:Q", title="change of the ratio, less that of peers"), x2="effect_high:Q"
    )
    marks = base.mark_circle(size=70, color=ACCENT, opacity=1).encode(x="effect:Q")
    picture(
        spans + marks + zero.encode(x="at:Q"),
        measured,
        "No intervention can be measured yet: it takes 28 days, enough sessions and three peers.",
    )
    return (measured,)


@app.cell
def everything(client):
    acted = client.interventions()
    mo.vstack([mo.md("## Every intervention"), table(acted, "Nobody has acted on a flag yet.")])
    return (acted,)


if __name__ == "__main__":
    app.run()
