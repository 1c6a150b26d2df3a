"""The supervisor: waits, restarts what crashes, passes refusals on, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli import supervisor
from cli.processes import Process
from cli.supervisor import Supervisor
from core.errors import CannotStart

Check = Callable[[Supervisor], Awaitable[None]]
WAIT_SECONDS = 60.0


def _process(name: str, folder: Path, code: str) -> Process:
    """Returns a process that writes its id, a line each start, to `name` and then runs `code`."""
    sign = folder / name
    begin = f"import os, sys, time\nprint(os.getpid(), file=open({str(sign)!r}, 'a'), flush=True)\n"
    return Process(name, [sys.executable, "-c", begin + code], sign.exists)


def _starts(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def _supervise(processes: list[Process], check: Check) -> None:
    async def run() -> None:
        supervisor = Supervisor(processes, dict(os.environ))
        await supervisor.start()
        try:
            await asyncio.wait_for(check(supervisor), WAIT_SECONDS)
        finally:
            await supervisor.stop()

    asyncio.run(run())


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.05)


def test_all_are_told_ready_and_none_is_left_after_the_end(tmp_path: Path) -> None:
    processes = [_process(name, tmp_path, "time.sleep(600)") for name in ("one", "two")]
    told: list[str] = []
    alive: list[bool] = []

    async def check(supervisor: Supervisor) -> None:
        await supervisor.wait_until_ready(30, told.append)
        alive.extend(_is_alive(_starts(tmp_path, name)[0]) for name in told)

    _supervise(processes, check)
    assert sorted(told) == ["one", "two"] and alive == [True, True]
    assert not any(_is_alive(_starts(tmp_path, name)[0]) for name in told)


def test_a_process_that_does_not_listen_and_its_child_are_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, subprocess\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"print(child.pid, file=open({str(tmp_path / 'child')!r}, 'a'), flush=True)\n"
        "time.sleep(600)"
    )

    async def check(_: Supervisor) -> None:
        await _until(lambda: bool(_starts(tmp_path, "child")))

    _supervise([_process("deaf", tmp_path, deaf)], check)
    left = [*_starts(tmp_path, "deaf"), *_starts(tmp_path, "child")]
    assert len(left) == 2
    # the supervisor cannot wait for a child's child: the signal is on its way
    asyncio.run(_until(lambda: not any(map(_is_running, left))))


def _is_running(process_id: int) -> bool:
    # what was killed but not yet reaped by its new parent is a zombie, not a process that runs
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_crashed_process_is_started_again_and_its_neighbour_left_alone(tmp_path: Path) -> None:
    first_time = f"len(open({str(tmp_path / 'weak')!r}).readlines()) == 1"
    weak = _process("weak", tmp_path, f"sys.exit(1) if {first_time} else time.sleep(600)")
    strong = _process("strong", tmp_path, "time.sleep(600)")

    async def check(supervisor: Supervisor) -> None:
        await _until(lambda: len(_starts(tmp_path, "weak")) == 2)
        await _until(lambda: bool(_starts(tmp_path, "strong")))
        supervisor.raise_refusal()

    _supervise([weak, strong], check)
    assert len(_starts(tmp_path, "strong")) == 1


def test_a_process_that_refuses_to_start_is_not_tried_again(tmp_path: Path) -> None:
    code = "print('starting'); print('port 8000 is taken', file=sys.stderr); sys.exit(78)"

    async def check(supervisor: Supervisor) -> None:
        await supervisor.wait_until_ready(30, lambda _: None)
        await _until(lambda: False)

    refusing = _process("ingest", tmp_path, code)
    never = Process("ingest", refusing.command, lambda: False)
    with pytest.raises(CannotStart, match=r"^ingest: port 8000 is taken$"):
        _supervise([never], check)
    assert len(_starts(tmp_path, "ingest")) == 1


def test_what_is_not_ready_in_time_is_named(tmp_path: Path) -> None:
    slow = Process("slow", _process("slow", tmp_path, "time.sleep(600)").command, lambda: False)

    async def check(supervisor: Supervisor) -> None:
        await supervisor.wait_until_ready(0.1, lambda _: None)

    with pytest.raises(CannotStart, match=r"^not ready in time: slow\."):
        _supervise([slow], check)


def test_lines_of_any_length_reach_the_log_and_never_stop_the_watch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    code = "print('x' * 300_000); print(); print(b'caf\\xe9'.decode('latin1')); print('last')"

    async def check(_: Supervisor) -> None:
        await _until(lambda: len(_starts(tmp_path, "loud")) == 2)

    _supervise([_process("loud", tmp_path, code)], check)
    lines = [record.message for record in caplog.records if record.name == "loud"]
    assert lines.count("last") >= 1 and "" not in lines


def test_one_that_gives_no_sign_of_life_is_killed_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "HUNG_AFTER_SECONDS", 2.0)
    pulse = tmp_path / "pulse"
    touch = f"open({str(pulse)!r}, 'w').close(); "
    hung = replace(_process("hung", tmp_path, touch + "time.sleep(600)"), pulse=pulse)
    slow = replace(_process("slow", tmp_path, "time.sleep(600)"), pulse=tmp_path / "none")

    async def check(_: Supervisor) -> None:
        await _until(lambda: len(_starts(tmp_path, "hung")) == 2)

    _supervise([hung, slow], check)
    assert len(_starts(tmp_path, "slow")) == 1  # it has not begun to give signs
