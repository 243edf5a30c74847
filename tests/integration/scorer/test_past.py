"""Templates over conversations, end to end: a chat is evaluated, and the next one that says nearly the same is told so."""

from typing import NamedTuple

from auricle_contracts import AnswerState, AnswerValue, Role
from auricle_contracts.masking import MaskingSettings, PersonalKind
from auricle_records import conversations, masking, results
from integration.scorer.conftest import ScorerHarness
from integration.scorer.talks import Said
from integration.scorer.test_worker import scorer_harness
from sqlalchemy import text

__all__ = ["scorer_harness"]
FIRST = "Ольга, ваш заказ передан в доставку, курьер позвонит за час до приезда."
AGAIN = "Марина, ваш заказ передан в доставку, курьер позвонит за час до приезда!"
OTHER = "Деньги за возврат придут на карту в течение трёх рабочих дней."


class Found(NamedTuple):
    """The rule's answer in a conversation."""

    conversation_id: str
    state: AnswerState
    value: AnswerValue
    reasoning: str | None
    quotes: tuple[str, ...]


def chat(*said: str) -> Said:
    return (Role.CUSTOMER, "Где мой заказ?"), *((Role.AGENT, one) for one in said)


async def evaluated(tenant: ScorerHarness, *said: str) -> Found:
    run = await tenant.ended(await tenant.post(chat(*said)))
    stored = await results.load_evaluation(tenant.tenant.db, run.workspace, run.conversation_id)
    (one,) = [one for one in stored.evaluation.answers if one.criterion == "repeated_templates"]
    quotes = tuple(quote.text for quote in one.quotes)
    return Found(run.conversation_id, one.state, one.value, one.reasoning, quotes)


async def kept(tenant: ScorerHarness) -> list[str]:
    async with tenant.tenant.db.transaction(tenant.tenant.workspace) as connection:
        return list(await connection.scalars(text("SELECT text FROM agent_messages ORDER BY id")))


async def test_a_template_of_an_earlier_chat_is_found_and_named(scorer_harness: ScorerHarness) -> None:
    first = await evaluated(scorer_harness, FIRST)
    other = await evaluated(scorer_harness, OTHER)
    again = await evaluated(scorer_harness, OTHER.upper(), AGAIN)
    assert (first.value, other.value, again.value) == (0, 0, 1)
    assert again.reasoning == f"3: {first.conversation_id}"
    assert [quote.rstrip("!") for quote in again.quotes] == [AGAIN.rstrip("!")]


async def test_what_is_kept_is_masked_and_goes_with_its_conversation(scorer_harness: ScorerHarness) -> None:
    tenant = scorer_harness.tenant
    first = await evaluated(scorer_harness, FIRST, "да, хорошо")
    assert await kept(scorer_harness) == [FIRST.replace("Ольга", "[ИМЯ]")]
    assert (await evaluated(scorer_harness, AGAIN)).value == 1
    await conversations.delete(tenant.db, tenant.workspace, first.conversation_id)
    assert len(await kept(scorer_harness)) == 1
    third = await evaluated(scorer_harness, AGAIN)
    assert third.reasoning is not None
    assert first.conversation_id not in third.reasoning


async def test_a_workspace_that_masks_nothing_keeps_nothing(scorer_harness: ScorerHarness) -> None:
    tenant = scorer_harness.tenant
    await masking.choose(tenant.db, tenant.workspace, MaskingSettings(kinds=tuple(PersonalKind), prompts=False))
    found = await evaluated(scorer_harness, FIRST)
    assert (found.state, await kept(scorer_harness)) == (AnswerState.NOT_APPLICABLE, [])
