"""A model behind OpenAI's protocol as a grader: `/v1/responses`, or chat completions elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import openai
from openai import AsyncOpenAI

from flows.reviews.answers import body_of, failure, read_completion, read_response
from flows.reviews.grader import Answer, Graded, NotGraded, Reason
from flows.reviews.material import Material
from flows.reviews.openai_client import TRIPS, Trips
from flows.reviews.prices import MOST_OUTPUT_TOKENS, Prices
from flows.reviews.prompt import document, instructions
from flows.reviews.rubric import Rubric

Api = Literal["responses", "chat"]
REVIEW_SECONDS = 90.0  # for one review, with all its retries


@dataclass(frozen=True)
class OpenAIGrader:
    """Asks a model about redacted passages. Whatever comes back is an answer or a reason.

    A request that got no answer may be billed all the same, so it counts as its highest price.
    """

    client: AsyncOpenAI
    model: str
    prices: Prices
    api: Api = "responses"
    seconds: float = REVIEW_SECONDS

    @property
    def name(self) -> str:
        return f"openai:{self.model}"

    def most_usd(self, material: Material, rubric: Rubric) -> float:
        """Returns dollars that one request about these passages cannot exceed."""
        return self.prices.most(len(instructions(rubric)) + len(document(material.passages)))

    async def grade(self, material: Material, rubric: Rubric) -> Graded | NotGraded:
        """Returns the model's answer, unchecked, or why there is none."""
        trips, most_usd = Trips(), self.most_usd(material, rubric)
        TRIPS.set(trips)
        try:
            async with asyncio.timeout(self.seconds):
                result = await self._ask(material, rubric, most_usd)
        except Exception as error:  # its text may hold what was sent or received
            result = NotGraded(_why(error))
        if trips.is_too_large:
            result = NotGraded("too_large", result.usage)
        usd = result.usage.usd + trips.lost * most_usd
        return replace(result, usage=replace(result.usage, usd=usd))

    async def _ask(self, material: Material, rubric: Rubric, most_usd: float) -> Graded | NotGraded:
        task, text = instructions(rubric), document(material.passages)
        if self.api == "responses":
            response = await self.client.responses.with_raw_response.parse(
                model=self.model,
                instructions=task,
                input=[{"role": "user", "content": text}],
                text_format=Answer,
                store=False,
                max_output_tokens=MOST_OUTPUT_TOKENS,
                safety_identifier=alias(material.session_id),
            )
            return read_response(body_of(response.text), self.prices, most_usd)
        completion = await self.client.chat.completions.with_raw_response.parse(
            model=self.model,
            messages=[{"role": "system", "content": task}, {"role": "user", "content": text}],
            response_format=Answer,
            max_tokens=MOST_OUTPUT_TOKENS,
        )
        return read_completion(body_of(completion.text), self.prices, most_usd)


def alias(session_id: str) -> str:
    """Returns what a session is called elsewhere; it tells nobody which one it is."""
    return hashlib.sha256(f"review:{session_id}".encode()).hexdigest()[:32]


def _why(error: Exception) -> Reason:
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return "slow"
    if isinstance(error, openai.APIConnectionError):
        return "unreachable"
    return failure(error.status_code) if isinstance(error, openai.APIStatusError) else "nonsense"
