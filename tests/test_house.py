"""The house keeps its rules: rooms, settings, documents, and what the APIs promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from cli.openapi import documents
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
MODELS = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))


# made by tools or holding data; .gitignore names them too
NOT_OURS = {".git", ".venv", ".hypothesis", ".schemathesis"}
NOT_OURS |= {"data", "demo-data", "artifacts", "target", "logs"}


def tracked(*endings: str) -> list[Path]:
    """Returns the files of the repository, of these endings if any are named."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        top = here == ROOT
        folders[:] = [n for n in folders if not _is_made(n) and not (top and n in NOT_OURS)]
        found += [here / name for name in names if not endings or name.endswith(endings)]
    return found


def _is_made(name: str) -> bool:
    return name.startswith("__") or name.endswith(("_cache", ".egg-info"))


def test_rooms_import_only_what_they_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_only_settings_read_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in tracked(".py")
        if "tests" not in path.parts and re.search(r"\bos\.(environ|getenv)", path.read_text())
    ]
    assert readers == ["core/settings.py"]


def test_every_setting_is_in_the_example_environment() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?WORKBENCH_([A-Z_]+)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_direct_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=\[]", line)[0] for line in wanted}
    [decision] = (ROOT / "docs" / "decisions").glob("0002-*.md")
    named = set(re.findall(r"[a-z][a-z0-9-]+", decision.read_text().lower()))
    assert names <= named, names - named


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_every_model_says_its_grain_beside_it(model: Path) -> None:
    described = yaml.safe_load(model.with_suffix(".yml").read_text())["models"][0]
    assert described["name"] == model.stem
    assert re.match(r"(One row per|Exactly one row)", described["description"])


def test_every_column_of_a_mart_is_described() -> None:
    bare = [
        f"{model.stem}.{column['name']}"
        for model in MODELS
        if model.parent.name == "marts"
        for column in yaml.safe_load(model.with_suffix(".yml").read_text())["models"][0]["columns"]
        if not column.get("description") or not column.get("data_type")
    ]
    assert bare == []


def test_files_stay_small() -> None:
    long = [path.name for path in tracked(".py") if len(path.read_text().splitlines()) > 250]
    long += [path.name for path in MODELS if len(path.read_text().splitlines()) > 100]
    assert long == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in tracked(".md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_no_file_names_a_package_index_or_a_machines_path() -> None:
    words = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "/wo" + "rk/main"]
    found = [
        path.name
        for path in tracked()
        if path.suffix not in {".gz", ".png", ".pyc"}
        if any(word in path.read_text(errors="ignore") for word in words)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["openapi-ingest.json", "openapi-web.json", "errors.md"])
def test_the_apis_are_what_was_promised(name: str) -> None:
    promised = (ROOT / "docs" / name).read_text()
    now = documents()[name]
    assert now == promised, "if the change is meant: make openapi, and read the difference"
