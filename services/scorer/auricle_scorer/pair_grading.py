"""`python -m auricle_scorer.pair_grading`: pairs of a golden and a new saying graded by a judge, without a store or a queue.

The judge is a prompt of `prompts/judges` and the model that the settings name; it never grades what it said itself. Only its replies
are written.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auricle_contracts.judges import ComparedPair, ModelIdentity, Saying
from auricle_criteria.judges import GRADE, REASONING, JudgePrompt, judge_of
from auricle_judging import Completion, ModelClient, Rendered
from auricle_judging.rendering import ChatMessage, fenced, template
from auricle_judging.structured_output import ask_form
from auricle_kit.errors import AuricleError
from auricle_quality.pairs import Asked, JudgeReplies, JudgeReply, Variant, noisy, questions, refuse_own

from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import model_client


@dataclass(frozen=True)
class Seeded:
    """The model with another seed for each run: where the judge is asked with a temperature, runs are not copies of one."""

    client: ModelClient
    seed: int

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """As the client asks."""
        return await self.client.ask(
            messages, schema, temperature=temperature, max_tokens=max_tokens, seed=self.seed
        )  # fmt: skip


async def grade(
    settings: ScorerSettings, judge: JudgePrompt, pairs: Sequence[ComparedPair], *, runs: int, measure: bool
) -> JudgeReplies:
    """Every question of every pair. Raises JudgeIsScorer before anything is asked, and the errors of the model server."""
    width = asyncio.Semaphore(settings.scorer_concurrency)
    async with model_client(settings) as client:
        found = await client.served()
        model = ModelIdentity(
            name=settings.model_name, weights=(found.weights if found else None) or settings.model_weights or None
        )
        refuse_own(model, pairs)

        async def one(asked: Asked) -> JudgeReply:
            async with width:
                return await _reply(judge, pairs[asked.pair], asked, client)

        wanted = list(questions(len(pairs), runs, len(judge.paraphrases), measure=measure))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(asked)) for asked in wanted]
    replies = tuple(task.result() for task in tasks)
    return JudgeReplies(
        prompt=judge.pin, model=model, temperature=judge.temperature, asked_at=datetime.now(UTC), replies=replies
    )


async def _reply(judge: JudgePrompt, pair: ComparedPair, asked: Asked, client: ModelClient) -> JudgeReply:
    question = question_of(judge, pair, asked)
    messages = (ChatMessage(role="system", content=judge.system.strip()), ChatMessage(role="user", content=question))
    rendered = Rendered(messages, judge.answer_schema, {}, {})
    seed = asked.number if asked.variant is Variant.PLAIN else 0
    reply = await ask_form(judge.prompt(question), rendered, Seeded(client, seed))
    answer = reply.answer or {}
    return JudgeReply(
        **asked.model_dump(), grade=answer.get(GRADE), reasoning=answer.get(REASONING),
        confidence=reply.probability(GRADE) if reply.answer else None,
    )  # fmt: skip


def question_of(judge: JudgePrompt, pair: ComparedPair, asked: Asked) -> str:
    """What the judge reads. Both sayings stand inside one fence: they are data."""
    golden, said = pair.golden, pair.said
    if asked.variant is Variant.NOISE:
        golden, said = noisy(golden), noisy(said)
    texts = {judge.golden: _told(golden), judge.said: _told(said)}
    if asked.variant is Variant.SWAPPED:
        texts = dict(reversed(texts.items()))
    paraphrased = asked.variant is Variant.PARAPHRASE
    instruction = judge.paraphrases[asked.number] if paraphrased else judge.instruction
    told = {"asked": pair.asked, "texts": fenced(texts), "instruction": instruction}
    return template(judge.question).render(told).strip()


def _told(saying: Saying) -> str:
    """The words that show it in quotation marks, then the comment."""
    parts = ["«" + "» … «".join(saying.words) + "»"] if saying.words else []
    return ": ".join([*parts, *([saying.comment] if saying.comment else [])])


def main() -> None:
    """Entry: reads the files, writes the replies as one JSON."""
    asked = argparse.ArgumentParser(prog="python -m auricle_scorer.pair_grading", description=__doc__)
    asked.add_argument("--judge", required=True, help="Id of a file of prompts/judges.")
    asked.add_argument("--pairs", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--measure", action="store_true", help="Swapped, with noise and in other words too.")
    given = asked.parse_args()
    settings = ScorerSettings(raw_share=0.0)
    lines = given.pairs.read_text("utf-8").splitlines()
    pairs = [ComparedPair.model_validate_json(line) for line in lines if line.strip()]
    try:
        judge = judge_of(settings.prompts_dir, given.judge)
        found = asyncio.run(grade(settings, judge, pairs, runs=given.runs, measure=given.measure))
    except* AuricleError as errors:
        first = errors.exceptions[0]
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        code = first.code if isinstance(first, AuricleError) else ""
        sys.exit(f"{code}: {first}")
    given.out.write_text(found.model_dump_json() + "\n", "utf-8")


if __name__ == "__main__":
    main()
