"""Asks a model what dropped talk was about. A model that does not answer, or answers nonsense, leaves the digest as it was."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from auricle_contracts import Transcript
from auricle_criteria import Prompt
from auricle_judging import ModelClient, render
from auricle_judging.rendering import fold
from auricle_judging.replies import BadReply, parse
from auricle_kit import log, metrics
from auricle_kit.errors import AuricleError
from auricle_languages import Languages

from auricle_compressor.compression import Draft
from auricle_compressor.compression.talk import Block, believable, blocks, told

logger = log.get("compressor.condenser")
CONDENSED = metrics.counter(
    "auricle_condensed", "Blocks of talk put to the model, by what became of them.", ("outcome",)
)


@dataclass(frozen=True)
class Condenser:
    """One prompt put to one model."""

    prompt: Prompt
    model: ModelClient
    languages: Languages

    async def condense(self, draft: Draft, transcript: Transcript) -> Draft:
        """The draft with a line for each block that the model told well; prompt and model are part of its version."""
        found = blocks(draft, transcript)
        answers = await asyncio.gather(*(self._asked(block) for block in found))
        summaries: Mapping[Block, str] = {
            block: answer for block, answer in zip(found, answers, strict=True) if answer is not None
        }
        version = f"{draft.version}+{self.prompt.pin}/{self.model.model}"
        return replace(told(draft, summaries), version=version)

    async def _asked(self, block: Block) -> str | None:
        rendered = render(self.prompt, block.lines)
        try:
            came = await self.model.ask(
                rendered.messages,
                rendered.schema,
                temperature=self.prompt.temperature,
                max_tokens=self.prompt.max_tokens,
            )
            summary = fold(str(parse(came.text, rendered.schema)["summary"]))
        except (AuricleError, BadReply) as error:
            logger.info("not_condensed", error_type=type(error).__name__)
            CONDENSED.labels("failed").inc()
            return None
        if not believable(summary, block, self.languages):
            CONDENSED.labels("not_believed").inc()
            return None
        CONDENSED.labels("told").inc()
        return summary
