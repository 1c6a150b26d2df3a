# mypy: allow-untyped-defs
# ruff: noqa: B018 - the last expression of a cell is what it shows
"""What if the limits of flags and the weights of scores were others: who enters, who leaves."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="What if")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks.client import open_client
    from notebooks.sheets import ACCENT, empty, head, picture, plain, table


@app.cell(hide_code=True)
def title():
    client = open_client()
    limits = client.limits()
    mo.stop(limits.is_empty(), empty("Nobody has been measured yet. Come back after a build."))
    counted = limits.row(0, named=True)["as_of"]
    mo.vstack(
        [
            head(
                client,
                "What if",
                "Who would be flagged, and how wrongly, under other limits and weights? The "
                "published set answers with the rule that flags and scores are made by.",
            ),
            mo.md(
                f"Counted on the evidence of the last full build, as of {counted:%Y-%m-%d %H:%M} "
                "UTC; what came since is not in it. What you like goes to "
                "`dbt_project/seeds/score_components.csv`."
            ),
        ]
    )
    return client, limits


@app.cell(hide_code=True)
def limits_words():
    mo.md("""
    ## Limits of flags

    A flag opens when the probability that the ratio is above the limit is high enough today and
    was a week ago, with enough events to be expected; it closes when that is clearly gone.
    """)
    return


@app.cell
def kinds(limits):
    kind = mo.ui.dropdown(limits["kind"].to_list(), value=limits["kind"][0], label="Kind of flag")
    kind
    return (kind,)


@app.cell
def sliders(kind, limits):
    now = limits.filter(limits["kind"] == kind.value).row(0, named=True)

    def slider(label: str, value: float, low: float, high: float) -> mo.ui.slider:
        steps = sorted({round(low + (high - low) * step / 40, 3) for step in range(41)} | {value})
        return mo.ui.slider(
            steps=steps, value=value, label=f"{label} (now {value:g})", show_value=True
        )

    ratio = slider("ratio to the platform", now["flag_ratio"], 0.8 * now["flag_ratio"], 4.0)
    probability = slider("probability that opens", now["flag_probability"], 0.5, 0.99)
    release = slider("probability that closes", now["release_probability"], 0.1, 0.95)
    expected = slider("least evidence", now["minimum_expected"], 0.25, 10.0)
    mo.vstack([ratio, probability, release, expected])
    return expected, probability, ratio, release


@app.cell
def movements(client, expected, kind, probability, ratio, release):
    moved = client.what_if_flags(
        kind.value, ratio.value, probability.value, release.value, expected.value
    )
    moved_counts = client.sql(
        """
        select
            count(*) filter (is_flagged) as flags_now,
            count(*) filter (is_flagged_then) as flags_then,
            count(*) filter (movement = 'enters') as enter,
            count(*) filter (movement = 'leaves') as leave,
            coalesce(sum(1 - probability) filter (is_flagged), 0) as false_expected_now,
            coalesce(sum(1 - what_if_probability) filter (is_flagged_then), 0)
                as false_expected_then
        from what_if_flags($1, $2, $3, $4, $5)
        """,
        *(kind.value, ratio.value, probability.value, release.value, expected.value),
    )
    told = moved_counts.row(0, named=True)
    mo.md(
        f"**{told['enter']} enter, {told['leave']} leave**: {told['flags_then']} flags of all "
        f"kinds in place of {told['flags_now']}. False flags expected, by their own probability: "
        f"{told['false_expected_then']:.1f} in place of {told['false_expected_now']:.1f}."
    )
    return moved, moved_counts


@app.cell
def movers(moved):
    shown = moved.filter(moved["movement"] != "stays").select(
        *("movement", "display_name", "tutor_id", "kind", "status", "score"),
        *("probability", "what_if_probability", "ratio", "expected_count", "as_of"),
    )
    table(shown, "Nobody enters and nobody leaves.", page_size=20)
    return (shown,)


@app.cell(hide_code=True)
def weights_words():
    mo.md("""
    ## Weights of scores

    Shares of their sum. They move scores, not flags: a flag looks at one component alone.
    """)
    return


@app.cell
def weights(limits):
    seed = {row["kind"]: row["weight"] for row in limits.to_dicts() if row["weight"] is not None}
    weight = mo.ui.dictionary(
        {
            name: mo.ui.slider(
                0.0, 1.0, 0.05, value=value, label=f"{name} (now {value:g})", show_value=True
            )
            for name, value in seed.items()
        }
    )
    weight.vstack()
    return (weight,)


@app.cell
def scores(client, weight):
    mo.stop(sum(weight.value.values()) == 0, empty("Give at least one component a weight."))
    rescored = client.what_if_scores(**weight.value)
    each = (
        alt.Chart(plain(rescored))
        .mark_circle(color=ACCENT, opacity=0.7)
        .encode(
            x=alt.X("score:Q", title="score now").scale(zero=False),
            y=alt.Y("what_if_score:Q", title="score then").scale(zero=False),
            tooltip=["display_name", "score", "what_if_score", "score_change"],
        )
        .properties(height=320)
    )
    picture(each, rescored, "No tutor has a score yet.")
    return (rescored,)


if __name__ == "__main__":
    app.run()
