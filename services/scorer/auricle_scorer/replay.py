"""`python -m auricle_scorer.replay`: golden dialogues judged by a bundle from a file, without a store or a queue.

The worker's flow, over compressor, rules and model where the settings say that they answer; only the predictions are written.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from auricle_contracts import Direction
from auricle_contracts.gate_traces import ModelCall, PromptMessage
from auricle_contracts.golden import GoldenDialogue
from auricle_contracts.judges import ModelIdentity
from auricle_criteria import Bundle
from auricle_judging import Completion
from auricle_kit.errors import AuricleError
from auricle_quality import Prediction, prediction_of

from auricle_scorer.paid_completions import PaidAnswers, Request
from auricle_scorer.replay_cases import GatewayCases, ItemCases
from auricle_scorer.scoring import Scorer, Served, Subject
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import model_client, neighbours_of, scorer

RECIPE = "replay"


@asynccontextmanager
async def judge(settings: ScorerSettings, bundle: Bundle) -> AsyncIterator[tuple[Scorer, Served]]:
    """The flow by this bundle, and the model that serves it. Raises ModelUnavailable."""
    async with AsyncExitStack() as stack:
        neighbours = await neighbours_of(settings, stack)
        model = await stack.enter_async_context(model_client(settings))
        found = await model.served()
        served = Served(
            settings.model_name,
            settings.model_device,
            found.demo_weights if found else False,
            (found.context if found else None) or settings.model_context,
            found.weights if found else None,
            (found.reasoning if found else None) or settings.model_reasoning,
        )
        yield scorer(settings, neighbours, model).pinned_to(bundle), served


async def replay(
    settings: ScorerSettings,
    bundle: Bundle,
    dialogues: Sequence[GoldenDialogue],
    runs: int,
    *,
    calls: bool = False,
    cases: GatewayCases | None = None,
) -> list[Prediction]:
    """Every dialogue so often, in the order of items and runs; with `calls`, what was asked in each first run. `cases`: the golden set, for
    a flow that shows some of it.
    """
    width = asyncio.Semaphore(settings.scorer_concurrency)
    async with judge(settings, bundle) as (flow, served):
        model = ModelIdentity(name=served.name, weights=served.weights or settings.model_weights or None)

        async def one(item: int, run: int) -> Prediction:
            asked = PaidAnswers()
            async with width:
                own = flow.remembering(served, asked) if calls and run == 0 else flow
                scored = await own.score(_subject(item, dialogues[item], cases), served, recipe=RECIPE)
                told = prediction_of(item, run, scored.evaluation, model)
                return told.model_copy(update={"calls": tuple(map(_call, asked.answered))})

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item, run)) for item in range(len(dialogues)) for run in range(runs)]
    return [task.result() for task in tasks]


def _subject(item: int, dialogue: GoldenDialogue, cases: GatewayCases | None) -> Subject:
    """What the scorer would know of it: it is masked, and nothing stands beside it but golden cases."""
    near = ItemCases(cases, dialogue.id) if cases is not None and dialogue.id is not None else None
    return Subject(dialogue.transcript(f"golden-{item}"), dialogue.channel, Direction.INBOUND, None, {}, cases=near)


def _call(asked: tuple[Request, Completion]) -> ModelCall:
    (_, messages, *_), completion = asked
    return ModelCall(
        messages=tuple(PromptMessage.model_validate(one) for one in messages),
        answer=completion.text,
        tokens_in=completion.tokens_in,
        tokens_out=completion.tokens_out,
        seconds=completion.seconds,
    )


async def _replayed(
    settings: ScorerSettings,
    bundle: Bundle,
    dialogues: Sequence[GoldenDialogue],
    runs: int,
    *,
    calls: bool,
    cases_url: str,
) -> list[Prediction]:
    """The same beside a gateway, where a flow shows its golden set."""
    if not cases_url:
        return await replay(settings, bundle, dialogues, runs, calls=calls)
    key = {"Authorization": f"Bearer {os.environ.get('AURICLE_KEY', '')}"}
    async with httpx.AsyncClient(base_url=cases_url, headers=key, timeout=60.0) as http:
        return await replay(settings, bundle, dialogues, runs, calls=calls, cases=GatewayCases(http))


def main() -> None:
    """Entry: reads the files, writes the predictions, a line each."""
    asked = argparse.ArgumentParser(prog="python -m auricle_scorer.replay", description=__doc__)
    asked.add_argument("--bundle", type=Path, required=True)
    asked.add_argument("--items", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--calls", action="store_true", help="Write what was asked in each first run, too.")
    asked.add_argument(
        "--cases-url", default="", help="The gateway whose golden set a flow shows; its key is AURICLE_KEY."
    )
    given = asked.parse_args()
    bundle = Bundle.model_validate_json(given.bundle.read_text("utf-8"))
    shows = bundle.flow is not None and bundle.flow.examples is not None
    lines = given.items.read_text("utf-8").splitlines()
    dialogues = [GoldenDialogue.model_validate_json(line) for line in lines if line.strip()]
    if shows and not (given.cases_url and all(one.id for one in dialogues)):
        sys.exit(
            "examples_unmeasured: the flow shows golden cases, and these items are not of the workspace that has them"
        )
    settings, cases_url = ScorerSettings(raw_share=0.0), given.cases_url if shows else ""
    try:
        found = asyncio.run(_replayed(settings, bundle, dialogues, given.runs, calls=given.calls, cases_url=cases_url))
    except* AuricleError as errors:
        first = errors.exceptions[0]
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        sys.exit(f"{type(first).__name__}: {first}")
    given.out.write_text("".join(one.model_dump_json() + "\n" for one in found), "utf-8")


if __name__ == "__main__":
    main()
