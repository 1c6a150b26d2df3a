# mypy: allow-untyped-defs

"""Are the scores right? Figures and pictures of the last validity run, on synthetic worlds.

Reads what `python -m bench.validity` left in `artifacts/validity`; without it, offers a small run.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Are the scores right?")

with app.setup:
    import json
    import subprocess
    import sys
    from pathlib import Path

    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import shelf

    # this file may be an analyst's copy, elsewhere
    ROOT = Path(shelf.__file__).resolve().parents[1]
    RESULTS = ROOT / "artifacts" / "validity"
    SMALL_RUN = ["-m", "bench.validity", "--small", "--worlds", "1", "--kinds", "base", "null"]
    NAMES = {
        "ours": "the workbench",
        "naive": "raw rate",
        "naive_90_days": "raw rate of 90 days",
        "lightgbm": "LightGBM",
        "oracle": "oracle",
    }
    COLOURS = ["#1f6feb", "#c2410c", "#d97706", "#7c3aed", "#6b7280"]


@app.function
def read_table(name, folder=RESULTS):
    """Returns a table of the last run's pictures, rules by their names; None before any run."""
    path = folder / "pictures" / f"{name}.parquet"
    if not path.exists():
        return None
    frame = pl.read_parquet(path)
    if "rule" in frame.columns:
        frame = frame.with_columns(pl.col("rule").replace(NAMES))
    return frame


@app.function
def read_figures(folder=RESULTS):
    """Returns the figures of the last run, a row per figure and kind of world."""
    path = folder / "figures.json"
    lines = json.loads(path.read_text()) if path.exists() else []

    rows = []
    for line in lines:
        told = {name: line[name] for name in ("metric", "kind", "unit", "goal", "worlds")}
        for rule in ("ours", "naive", "lightgbm", "oracle"):
            told[rule] = line["rules"].get(rule, {}).get("mean")
        rows.append(told)
    return pl.DataFrame(rows)


@app.function
def colour():
    """Returns the colour of each rule, the same in every picture."""
    return alt.Color("rule:N", title=None, scale=alt.Scale(domain=[*NAMES.values()], range=COLOURS))


@app.function
def draw_reliability(points):
    """Returns risk told against what happened, a line per rule; right is on the dashed line."""
    told = alt.Chart(points).encode(
        x=alt.X("told:Q", title="told, synthetic data", axis=alt.Axis(format="%")),
        y=alt.Y("happened:Q", title="moved by the tutor", axis=alt.Axis(format="%")),
        color=colour(),
        tooltip=["rule", alt.Tooltip("told", format=".1%"), alt.Tooltip("happened", format=".1%")],
    )
    right = alt.Chart({"values": [{"x": 0, "y": 0}, {"x": 0.45, "y": 0.45}]})
    line = right.mark_line(strokeDash=[4, 4], color="#999").encode(x="x:Q", y="y:Q")
    return line + told.mark_line(point=True)


@app.function
def draw_funnel(tutors):
    """Returns the tutors of one world twice, with the raw rule's flags and with ours."""
    dots = alt.Chart(tutors).encode(
        x=alt.X("session_count:Q", title="sessions, synthetic data").scale(domain=[0, 300]),
        y=alt.Y("naive_rate:Q", title="moved by the tutor", axis=alt.Axis(format="%")),
        tooltip=["tutor_id", "session_count", alt.Tooltip("true_rate", format=".1%")],
    )
    truth = alt.Color("is_bad:N", title="truly over 15 %").scale(range=["#57606a", "#dc2626"])
    shown = dots.mark_circle(clip=True).encode(color=truth)
    rings = dots.mark_point(size=120, color="#111827", clip=True)
    naive = shown + rings.transform_filter("datum.is_naive_flagged")
    ours = shown + rings.transform_filter("datum.is_flagged")
    return naive.properties(title="Raw rule") | ours.properties(title="The workbench")


@app.function
def draw_power(points):
    """Returns tutors found against wrong flags, a line per rule; dots are the rules in use."""
    told = alt.Chart(points).encode(
        x=alt.X("false_share:Q", title="wrong, of all flags, synthetic data"),
        y=alt.Y("power:Q", title="found, of tutors truly over 15 %"),
        color=colour(),
        order="power:Q",
    )
    curves = told.transform_filter("!datum.is_used").mark_line()
    return curves + told.transform_filter("datum.is_used").mark_circle(size=150)


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Are the scores right?

    Everything here is **synthetic**: companies that were made up with known truth, built by the
    real dbt project, and compared. `docs/validity.md` tells how, and what it does not prove.
    """)
    return


@app.cell
def run():
    small_run = mo.ui.run_button(label="Make two small worlds and judge them (two minutes)")
    mo.vstack([small_run, mo.md("The whole run: `python -m bench.validity`, about an hour.")])
    return (small_run,)


@app.cell
def results(small_run):
    if small_run.value:
        with mo.status.spinner("Making worlds, building them with dbt, judging"):
            subprocess.run([sys.executable, *SMALL_RUN], cwd=ROOT, check=True)
    has_results = (RESULTS / "figures.json").exists()
    mo.stop(
        not has_results,
        mo.callout(mo.md("No run has been kept on this machine yet. Press the button above.")),
    )
    return (has_results,)


@app.cell
def figures(has_results):
    mo.stop(not has_results)
    mo.ui.table(read_figures(), selection=None, page_size=30)
    return


@app.cell(hide_code=True)
def reliability_words():
    mo.md("""
    ## Risk told, and what happened

    Slots in fifteen bins of equal size, by the risk told a day ahead. Right is the dashed line.
    """)
    return


@app.cell
def reliability(has_results):
    mo.stop(not has_results)
    draw_reliability(read_table("reliability"))
    return


@app.cell(hide_code=True)
def funnel_words():
    mo.md("""
    ## Whom the raw 15 % rule flags, and whom we do

    One dot per tutor of one world; red: the true rate is over 15 %. Rings are flags.
    """)
    return


@app.cell
def funnel(has_results):
    mo.stop(not has_results)
    draw_funnel(read_table("funnel"))
    return


@app.cell(hide_code=True)
def power_words():
    mo.md("""
    ## How many are found, at how many wrong flags

    Each line moves a rule's limit; large dots are the rules as they are used.
    """)
    return


@app.cell
def power(has_results):
    mo.stop(not has_results)
    draw_power(read_table("power"))
    return


@app.cell
def rules(has_results):
    mo.stop(not has_results)
    mo.vstack([mo.md("Flags in one synthetic world, on average:"), read_table("rules")])
    return


if __name__ == "__main__":
    app.run()
