"""What a review costs: known before the call at most, and after it exactly."""

from __future__ import annotations

from dataclasses import dataclass

from flows.reviews.grader import Usage

MOST_OUTPUT_TOKENS = 4_000
# an English token has about four letters; two is what no text in a Latin script gets down to
_LETTERS_PER_TOKEN = 2
_OVERHEAD_TOKENS = 1_500  # the schema of the answer, and what the protocol adds


@dataclass(frozen=True)
class Prices:
    """Dollars per million tokens. `share` is what is paid of them: batches cost half."""

    input_usd: float
    output_usd: float
    cached_usd: float | None = None
    share: float = 1.0

    def most(self, letters: int) -> float:
        """Returns dollars that a request with so many letters cannot exceed, in Latin script."""
        tokens = letters / _LETTERS_PER_TOKEN + _OVERHEAD_TOKENS
        return self._sum(tokens, 0, MOST_OUTPUT_TOKENS)

    def usage(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> Usage:
        """Returns what so many tokens came to; cached ones are among the input tokens."""
        whole, output = max(input_tokens, 0), max(output_tokens, 0)
        cached = min(max(cached_tokens, 0), whole)
        return Usage(whole, cached, output, self._sum(whole - cached, cached, output))

    def _sum(self, fresh: float, cached: float, output: float) -> float:
        cached_usd = self.input_usd if self.cached_usd is None else self.cached_usd
        total = fresh * self.input_usd + cached * cached_usd + output * self.output_usd
        return self.share * total / 1_000_000
