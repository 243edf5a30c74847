"""`auricle judge propose` and `dispute`: what the judges of a jury agree on becomes a proposal, what they disagree on goes to a person."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from auricle_contracts.golden import GoldenSplit
from auricle_contracts.judges import ComparedPair
from auricle_kit.errors import AuricleError
from auricle_quality import juries
from auricle_quality.pairs import JudgeReplies
from pydantic import ValidationError

from auricle_cli.errors import CliError
from auricle_cli.gates.commands import golden_dialogues
from auricle_cli.gateway import Gateway
from auricle_cli.judges.pair_files import Pairs, read_pairs
from auricle_cli.options import DEFAULT_URL, Key, Url, open_gateway

MOST = 100
"""Conversations of a request."""
Replies = Annotated[list[Path], typer.Option("--replies", help="Of `judge grade`, one file a judge; two or more.")]


def propose(
    path: Pairs,
    replies: Replies,
    items: Annotated[Path, typer.Option(help="The golden items of the pairs, JSONL.")],
    out: Annotated[Path, typer.Option(help="Where proposals are written, for `auricle golden import --proposed`.")],
) -> None:
    """What several judges all grade 2 becomes a proposal for the golden set; a person settles it, nobody else."""
    found, jury = read_pairs(path), _jury(replies)
    dialogues = {one.id: one for one in golden_dialogues(items, None, GoldenSplit.DEVELOPMENT) if one.id}
    try:
        proposals = list(juries.proposals(found, jury, dialogues))
    except AuricleError as error:
        raise CliError(error.detail) from None
    out.write_text("".join(one.model_dump_json(exclude_none=True) + "\n" for one in proposals), "utf-8")
    print(f"{out}: {len(proposals)} proposals of {len(found)} pairs, by {len(jury)} judges")


def dispute(path: Pairs, replies: Replies, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """What one judge grades 2 and another 0 goes to the review queue, where the golden item's conversation is still here."""
    found, jury = read_pairs(path), _jury(replies)
    try:
        disputed = list(juries.disagreeing(found, jury))
    except AuricleError as error:
        raise CliError(error.detail) from None
    with open_gateway(url, key) as gateway:
        subjects = _by_conversation(gateway, disputed)
        named = [{"conversation_id": one, "subjects": sorted(about)} for one, about in sorted(subjects.items())]
        told = [
            reply
            for batch in (named[first : first + MOST] for first in range(0, len(named), MOST))
            for reply in gateway.call("POST", "/v1/jury-disagreements", json={"items": batch})["items"]
        ]
    outcomes = Counter(one["outcome"] for one in told)
    print(f"{len(disputed)} of {len(found)} pairs, {len(told)} conversations: {dict(outcomes)}")


def _jury(replies: list[Path]) -> list[JudgeReplies]:
    try:
        return [JudgeReplies.model_validate_json(one.read_text("utf-8")) for one in replies]
    except (OSError, ValidationError) as error:
        raise CliError(f"replies cannot be read: {type(error).__name__}") from None


def _by_conversation(gateway: Gateway, disputed: list[ComparedPair]) -> dict[str, set[str]]:
    """Of pairs whose golden item was copied from a conversation."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in sorted({one.item for one in disputed if one.item}):
        conversation = gateway.call("GET", f"/v1/golden-items/{quote(item, safe='')}")["conversation_id"]
        if conversation:
            found[conversation] |= {one.subject for one in disputed if one.item == item}
    return found
