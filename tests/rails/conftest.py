"""A new Rails application, made as the quickstart says, with an ingest of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import ROOT, free_port
from core.settings import Settings, without_settings
from tests.rails.world import Blocks, Network, RailsApp, Workbench, serving

FILES = Path(__file__).with_name("app_files")
NEW = "rails new demo --minimal --skip-bundle --skip-git --skip-test --skip-sprockets --skip-listen"
GEMS = 'gem "rails", "~> 6.1"\ngem "sqlite3", "~> 1.4"\ngem "puma"\n'
URL_OF_QUICKSTART = "http://127.0.0.1:8000"


@pytest.fixture(scope="session", autouse=True)
def _rails_is_there() -> None:
    tools = all(shutil.which(name) for name in ("ruby", "rails", "bundle", "puma"))
    if not tools or subprocess.run(["ruby", "-e", 'require "sqlite3"'], check=False).returncode:
        pytest.fail("Ruby or Rails is missing. Run: sh scripts/rails.sh", pytrace=False)


@pytest.fixture(scope="session")
def quickstart() -> Blocks:
    """The quickstart's blocks in order, by language, or by path for those that are a file."""
    page = (ROOT / "docs" / "quickstart-rails.md").read_text()
    blocks: Blocks = defaultdict(list)
    for language, path, text in re.findall(r"^```(\w*) ?(\S*)\n(.*?)^```$", page, re.M | re.S):
        blocks[path or language or "printed"].append(text)
    return blocks


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory, quickstart: Blocks) -> Path:
    """A new application after the first and the third step of the quickstart."""
    folder = tmp_path_factory.mktemp("rails")
    beside = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "WORKBENCH": str(ROOT)}
    RailsApp(folder, without_settings()).run(*NEW.split(), "-d", "sqlite3")
    app = RailsApp(folder / "demo", without_settings() | beside)
    _only_local_gems(app)
    shutil.copytree(FILES / "application", app.folder, dirs_exist_ok=True)
    app.run("sh", "-ec", quickstart["sh"][0])
    model = "app/models/tutoring_session.rb"
    (app.folder / model).write_text(quickstart[model][0])
    app.run("bin/rails", "zeitwerk:check")
    return app.folder


def _only_local_gems(app: RailsApp) -> None:
    gemfile, application = app.folder / "Gemfile", app.folder / "config" / "application.rb"
    gemfile.write_text(gemfile.read_text().splitlines(keepends=True)[0] + GEMS)  # keeps its source
    job = 'require "active_job/railtie"'
    application.write_text(
        application.read_text().replace(f"# {job}", job)
    )  # minimal leaves it out
    app.run("bundle", "lock", "--local")


@pytest.fixture
def workbench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workbench]:
    changes = getattr(request, "param", {})
    settings = Settings(data_dir=tmp_path / "data", ingest_port=free_port(), **changes)
    workbench = Workbench(settings)
    workbench.start()
    yield workbench
    workbench.kill()


@pytest.fixture
def network(workbench: Workbench) -> Network:
    return Network(workbench.settings.ingest_url)


@pytest.fixture
def app(
    built_app: Path, workbench: Workbench, network: Network, quickstart: Blocks, tmp_path: Path
) -> Iterator[RailsApp]:
    """The application, new and empty, told in the quickstart's words where its ingest is."""
    folder = Path(shutil.copytree(built_app, tmp_path / "app", symlinks=True))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = without_settings() | workbench.settings.as_environment() | {"PATH": path}
    with serving(network.respond) as url:
        exports = quickstart["sh"][1].replace(URL_OF_QUICKSTART, url)
        names = RailsApp(folder, told).run("sh", "-ec", f"{exports}\nenv | grep ^TUTOR_WORKBENCH_")
        yield RailsApp(folder, told | dict(line.split("=", 1) for line in names.splitlines()))
