# mypy: allow-untyped-defs
"""The gallery: what each notebook answers, and what is published."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Analysts' notebooks")

with app.setup:
    import marimo as mo

    from core.settings import load_settings
    from notebooks.client import open_client
    from notebooks.sheets import head
    from notebooks.shelf import QUESTIONS, Shelf


@app.cell(hide_code=True)
def title():
    client = open_client()
    head(
        client,
        "Analysts' notebooks",
        "What is there, and what does each answer? All read the published set that the dashboard "
        "reads, and nothing here can write to it. These files are your copies: change them.",
    )
    return (client,)


@app.cell(hide_code=True)
def gallery():
    shelf = Shelf(load_settings().data_dir / "notebooks")
    cards = {
        name: QUESTIONS.get(name, "Made here, by you or a colleague.")
        for name in shelf.names()
        if name != "home"
    }
    mo.md(
        "\n".join(
            f"- **[{name.replace('_', ' ')}](?file={name}.py)**: {question}"
            for name, question in cards.items()
        )
    )
    return (cards,)


@app.cell(hide_code=True)
def start_your_own():
    mo.md("""
    ## Start your own

    `workbench notebook new --template cohort my_cohort` copies a notebook under a name of its own.
    In any of them:

    ```python
    from notebooks.client import open_client

    client = open_client()          # the newest published set; open_client(12) for set 12
    client.needs_attention()        # polars frames: sessions, tutors, scores, flags, upcoming, …
    client.scores(as_of=date(2026, 11, 1))
    client.sql("select status, count(*) as n from fct_sessions group by 1")
    ```
    """)
    return


@app.cell(hide_code=True)
def tables(client):
    listed = client.sql("""
        select table_name as name, string_agg(column_name, ', ' order by column_index) as columns
        from duckdb_columns() where not internal and table_name not like 'new\\_%' escape '\\'
        group by 1 order by 1
    """)
    lines = [f"- **{row['name']}**: {row['columns']}" for row in listed.to_dicts()]
    mo.vstack(
        [
            mo.md("## Tables in the set\n\n`make docs` writes what each column means."),
            mo.accordion({f"{len(lines)} tables and their columns": mo.md("\n".join(lines))}),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
