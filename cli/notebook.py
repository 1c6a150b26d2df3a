"""`workbench notebook`: opens the analysts' notebooks, in a process of their own."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli.options import DataDir, settings_of
from core.settings import Settings
from notebooks.shelf import HOME, QUESTIONS, Shelf

_OPEN = "open"


class _Named(TyperGroup):
    """`workbench notebook NAME` is `workbench notebook open NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [_OPEN, *args]
        return super().parse_args(ctx, args)


notebook = typer.Typer(
    help="Analysts' notebooks: `workbench notebook [NAME]` opens them, the gallery without a name.",
    cls=_Named,
)


@notebook.command(_OPEN)
def open_notebook(
    name: Annotated[str, typer.Argument(help="which one; `workbench notebook list`")] = HOME,
    port: Annotated[int, typer.Option(min=1, max=65535, help="where, on 127.0.0.1")] = 2718,
    data_dir: DataDir = None,
) -> None:
    """Open a notebook (the word `open` may be left out), until Ctrl-C."""
    from cli.notebook_server import serve_notebooks
    from core.marts import read_pointer

    settings = settings_of(data_dir)
    shelf = shelf_of(settings)
    shelf.find(name)
    read_pointer(settings.marts_dir)
    for kept in shelf.lay_out():
        typer.echo(
            f"  {kept} has your changes and is kept as it is; the new one: "
            f"workbench notebook new --template {kept} NAME"
        )
    serve_notebooks(settings, shelf, name, port)


@notebook.command("list")
def list_notebooks(data_dir: DataDir = None) -> None:
    """Show which there are, and what each answers."""
    for name in shelf_of(settings_of(data_dir)).names():
        typer.echo(f"{name}\t{QUESTIONS.get(name, 'made here')}")


@notebook.command("new")
def new_notebook(
    name: Annotated[str, typer.Argument(help="what it is to be called, such as my_cohort")],
    template: Annotated[str, typer.Option(help="which notebook to begin with")] = "cohort",
    data_dir: DataDir = None,
) -> None:
    """Make a notebook of your own from one of ours."""
    path = shelf_of(settings_of(data_dir)).add(template, name)
    typer.echo(f"{path}. Open it: workbench notebook {name}")


def shelf_of(settings: Settings) -> Shelf:
    """Returns the shelf of a data folder."""
    return Shelf(settings.data_dir / "notebooks")
