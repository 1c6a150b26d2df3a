from __future__ import annotations

import base64
from pathlib import Path

import pytest

from core.errors import BadInput
from core.signing import change_signing_secret, signing_keys, signing_secret


def test_a_senders_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret = signing_secret(tmp_path, "rails")
    assert secret == signing_secret(tmp_path, "rails")
    assert secret.startswith("whsec_") and len(base64.b64decode(secret[6:])) >= 32
    assert (tmp_path / "signing" / "rails").stat().st_mode & 0o777 == 0o600


def test_after_a_change_the_new_one_and_the_one_before_are_good(tmp_path: Path) -> None:
    secrets = [signing_secret(tmp_path, "rails")]
    for _ in range(2):
        secrets.append(change_signing_secret(tmp_path, "rails"))
    good = [base64.b64decode(secret[6:]) for secret in reversed(secrets[1:])]
    assert signing_keys(tmp_path) == {"rails": good}


def test_senders_are_told_apart(tmp_path: Path) -> None:
    assert signing_secret(tmp_path, "rails") != signing_secret(tmp_path, "importer")
    assert set(signing_keys(tmp_path)) == {"importer", "rails"}


@pytest.mark.parametrize("sender", ["", "../x", "Rails", "a.previous", "-a", "a" * 65])
def test_a_name_that_is_no_plain_name_is_refused(tmp_path: Path, sender: str) -> None:
    with pytest.raises(BadInput):
        signing_secret(tmp_path, sender)
