"""How fast the reading API answers, beside the PostgreSQL peer and while sets are published.

    python -m bench.api [--sizes 100k 3M]

The web is a real process over a real set. At 100k one client asks each question for the first time
after a publish, and again. At 3M, 32 clients ask without a pause while batches are published: the
list alone, and the list with pages and histories of those on it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context

from bench.build import Company, company_of
from bench.http_load import Answers, send_all
from bench.report import percentile, tell
from bench.web_process import BATCHES, WebProcess, publish, publish_batches, running_web
from cli.processes import local_token
from core.marts import Marts

# p50 in ms of the peer that keeps scores in PostgreSQL, at 1,000 tutors and 100,000 sessions, one
# client, as measured on two cores when this was designed; and the share of it that is our goal.
_PEER = {"list": (13.3, 0.3), "tutor": (3.2, 1.0), "history": (32.1, 0.1)}
_CLIENTS = 32
_LOAD_SECONDS = 20
_SHOWN = 100  # tutors on the list; whoever opens a page or a history opens one of theirs


@dataclass(frozen=True)
class Asker:
    """Sends requests to a web process."""

    web: WebProcess

    def request(self, path: str) -> bytes:
        """Returns the bytes of one GET."""
        token = local_token(self.web.settings, {"marts:read"})
        host = f"127.0.0.1:{self.web.settings.web_port}"
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
        return head.encode()

    def paths(self, kind: str) -> list[str]:
        """Returns the questions of a kind: the list, or one a tutor."""
        if kind == "list":
            return [f"/v1/tutors?limit={_SHOWN}"]
        end = "/scores?days=90" if kind == "history" else ""
        return [f"/v1/tutors/{tutor}{end}" for tutor in self.web.tutors]

    def ask(self, paths: list[str], clients: int = 1) -> Answers:
        """Returns the answers to all these questions."""
        requests = iter([self.request(path) for path in paths])
        return asyncio.run(send_all(self.web.settings.web_port, requests, clients))

    def ask_for(self, seconds: float, clients: int, kinds: Iterable[str]) -> Answers:
        """Returns the answers to questions of these kinds in turn, without a pause."""
        asked = [self.paths(kind) for kind in kinds]
        ready = [[self.request(path) for path in paths[:_SHOWN]] for paths in asked]
        requests = _until(time.monotonic() + seconds, ready)
        return asyncio.run(send_all(self.web.settings.web_port, requests, clients))


def _until(end: float, ready: list[list[bytes]]) -> Iterator[bytes]:
    choice = random.Random(0)
    for kind in itertools.cycle(ready):
        if time.monotonic() > end:
            return
        yield choice.choice(kind)


def _beside_the_peer(size: str, company: Company) -> None:
    with running_web(company.folder) as process:
        web = Asker(process)
        web.ask(["/v1/tutors?limit=1"] * 20)  # opens the set, and warms what runs
        for kind, (peer_ms, share) in _PEER.items():
            paths = web.paths(kind)
            # lists that nobody asked for before, and as long
            lists = [f"{path}&offset={place}" for path in paths for place in range(60)]
            first = web.ask(lists if kind == "list" else paths)
            _tell_over(f"api_{kind}_{size}_first", first, peer_ms, share)
            web.ask(paths)
            again = web.ask(paths * (400 // len(paths) + 1))
            _tell_over(f"api_{kind}_{size}_again", again, peer_ms, share)


def _tell_over(metric: str, answers: Answers, peer_ms: float, share: float) -> None:
    p50_ms = 1_000 * percentile(answers.seconds, 0.5)
    errors = sum(count for status, count in answers.statuses.items() if status != 200)
    tell(
        f"{metric}_over_peer",
        p50_ms / peer_ms,
        "ratio (p50)",
        f"<= {share:g}",
        p50_ms=round(p50_ms, 2),
        errors=errors,
    )


def _while_publishing(size: str, company: Company, goal: str) -> None:
    publisher = get_context("spawn").Process(target=publish_batches, args=(company,))
    with running_web(company.folder) as process:
        web = Asker(process)
        web.ask(web.paths("list") * 20)
        publisher.start()
        try:
            time.sleep(5)  # until its first batch is under way
            for name, kinds in (("list", ["list"]), ("all_kinds", list(_PEER))):
                before = Marts(process.settings.marts_dir).published().number
                answers = web.ask_for(_LOAD_SECONDS, _CLIENTS, kinds)
                sets = Marts(process.settings.marts_dir).published().number - before
                _tell_load(f"api_{name}_{size}_while_publishing", answers, goal, sets)
        finally:
            publisher.kill()
            publisher.join()


def _tell_load(metric: str, answers: Answers, goal: str, sets: int) -> None:
    errors = sum(count for status, count in answers.statuses.items() if status != 200)
    p50, p99 = (1_000 * percentile(answers.seconds, share) for share in (0.5, 0.99))
    asked = len(answers.seconds)
    tell(f"{metric}_p99", p99, "ms", goal, p50=round(p50, 1), answers=asked, sets=sets)
    tell(f"{metric}_errors", errors, "answers", "<= 0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", choices=["100k", "3M"], default=["100k", "3M"])
    for size in parser.parse_args().sizes:
        with company_of(size, BATCHES) as company:
            company.full_build()
            publish(company)
            if size == "100k":
                _beside_the_peer(size, company)
            _while_publishing(size, company, "<= 50" if size == "3M" else "-")


if __name__ == "__main__":
    main()
