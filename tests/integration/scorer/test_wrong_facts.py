"""Claims against the knowledge base: what contradicts a passage is found and cites it, what no passage speaks of is left open."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from auricle_contracts import Channel, ClassOutcome, DetectionState, Evaluation, FlowStepState, Role
from auricle_contracts.knowledge import ArticleState, Passage
from auricle_criteria import Bundle, Prompt, read_classes
from auricle_records.database import Database
from auricle_records.knowledge import articles
from auricle_scorer.article_search import WorkspaceArticles
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted, served
from fixtures.tenant import Tenant, a_version
from integration.scorer.checklist_flow import Finds, by_prompt
from integration.scorer.conftest import PROMPTS, WITHOUT_WEIGHTS, demo, scoring
from integration.scorer.talks import Said, subject, transcript

TALK: Said = (
    (Role.CUSTOMER, "Здравствуйте, хочу вернуть ботинки."),
    (Role.AGENT, "Вернуть обувь можно за 7 дней после покупки."),
    (Role.CUSTOMER, "А деньги когда придут?"),
    (Role.AGENT, "Деньги вернутся на карту за 10 дней."),
    (Role.CUSTOMER, "Хорошо, а парковка у вас есть?"),
    (Role.AGENT, "Стоянка для велосипедов бесплатная круглый год."),
)
RETURNS = (
    Passage(id="p1", text="Вернуть обувь можно за 14 дней после покупки.", headings=("Обувь",)),
    Passage(id="p2", text="Деньги возвращаются на карту за 10 дней."),
    Passage(id="p3", text="Доставка по городу 300 рублей."),
)
CLAIMS = "T2 T4 T6"


def honest(name: str, prompt: str) -> str:
    """A twin that reads: the passage that shares most words with the claim; no where the numbers are the same."""
    (told,) = re.findall(rf"^\s*{re.escape(name)}, место (T\d+)\b.*?отрывки ([K\d, ]+)\.", prompt, re.MULTILINE)
    (claim,) = re.findall(rf"^{told[0]} agent: (.*)$", prompt, re.MULTILINE)
    passages = dict(re.findall(r"^(K\d+) (.*)$", prompt, re.MULTILINE))
    nearest = max(told[1].split(", "), key=lambda label: len(words(claim) & words(passages[label])))
    if len(words(claim) & words(passages[nearest])) < 2:
        return "silent"
    return "no" if numbers(claim) == numbers(passages[nearest]) else nearest


def words(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[а-я]{4,}", text.casefold())}


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


@pytest.fixture
async def tenant(database: Database) -> AsyncIterator[Tenant]:
    made = await Tenant(database, "facts").open()
    yield made
    for one in (await articles.page(database, made.workspace)).items:
        await articles.remove(database, made.workspace, one.id)


async def judged(
    neighbours: Neighbours, tenant: Tenant, finds: Finds, bundle: Bundle | None = None, said: Said = TALK
) -> Evaluation:
    with served(Scripted(context=16_000, say=finds)) as (url, _):
        async with scoring(neighbours, url) as scorer:
            about = replace(
                subject(transcript(said), Channel.CHAT), articles=WorkspaceArticles(tenant.db, tenant.workspace)
            )
            pinned = scorer.pinned_to(bundle or by_prompt("wrong_fact"))
            return (await pinned.score(about, demo("judge", 16_000), recipe="r1")).evaluation


def outcome(evaluation: Evaluation) -> ClassOutcome:
    return next(one for one in evaluation.outcomes if one.error_class == "wrong_fact")


async def test_of_three_claims_the_wrong_one_is_found_and_cites_what_is_right(
    neighbours: Neighbours, tenant: Tenant
) -> None:
    article = await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    finds = Finds({"wrong_fact": CLAIMS}, holds=honest)
    evaluation = await judged(neighbours, tenant, finds)
    (found,) = evaluation.findings
    assert [(one.turn, one.text) for one in found.quotes] == [(2, TALK[1][1])]
    assert found.citation is not None
    assert (found.citation.article_id, found.citation.passage) == (article.id, "p1")
    assert found.citation.text == RETURNS[0].text
    assert finds.calls("verify") == 1
    (comment,) = [prompt for kind, prompt in finds.prompts if kind == "comment"]
    assert RETURNS[0].text in comment
    for kind, prompt in finds.prompts:
        outside = re.sub(r"<<<(\w+)\n.*?\n\1>>>", "", prompt, flags=re.DOTALL)
        assert "14 дней" not in outside, kind
        assert "7 дней" not in outside, kind


async def test_only_the_articles_that_the_class_names_decide(neighbours: Neighbours, tenant: Tenant) -> None:
    await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    made = by_prompt("wrong_fact")
    named = made.classes[0].model_copy(update={"articles": ("tariffs",)})
    finds = Finds({"wrong_fact": CLAIMS}, holds=honest)
    evaluation = await judged(neighbours, tenant, finds, made.model_copy(update={"classes": (named,)}))
    assert (outcome(evaluation).state, outcome(evaluation).why) == (DetectionState.UNDETERMINED, "no_passages")
    assert finds.calls("verify") == 0, "nothing to hold it against is nothing to ask"


@pytest.mark.parametrize(
    ("claims", "state", "why"),
    [
        ("T6", DetectionState.UNDETERMINED, "no_passages"),
        ("T4", DetectionState.NOT_FOUND, "refuted"),
        ("T4 T6", DetectionState.NOT_FOUND, "refuted"),
        ("", DetectionState.NOT_FOUND, None),
    ],
)
async def test_what_articles_confirm_is_not_found_and_what_they_do_not_speak_of_is_open(
    neighbours: Neighbours, tenant: Tenant, claims: str, state: DetectionState, why: str | None
) -> None:
    await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    evaluation = await judged(neighbours, tenant, Finds({"wrong_fact": claims}, holds=honest))
    assert (outcome(evaluation).state, outcome(evaluation).why) == (state, why)
    assert evaluation.findings == ()


async def test_what_a_retired_article_said_contradicts_nobody(neighbours: Neighbours, tenant: Tenant) -> None:
    article = await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    await articles.change(tenant.db, tenant.workspace, article.id, {"state": ArticleState.RETIRED})
    evaluation = await judged(neighbours, tenant, Finds({"wrong_fact": CLAIMS}, holds=honest))
    assert (outcome(evaluation).state, outcome(evaluation).why) == (DetectionState.UNDETERMINED, "no_passages")


async def test_a_flow_whose_prompts_know_no_claims_leaves_the_class_open(
    neighbours: Neighbours, tenant: Tenant
) -> None:
    made = by_prompt("wrong_fact", "blame")
    plain = tuple(_without_claims(one) for one in made.flow_prompts)
    finds = Finds({"wrong_fact": "T2", "blame": "T2"})
    evaluation = await judged(neighbours, tenant, finds, made.model_copy(update={"flow_prompts": plain}))
    assert (outcome(evaluation).state, outcome(evaluation).why) == (DetectionState.UNDETERMINED, "no_step_finds_it")
    assert [one.error_class for one in evaluation.findings] == ["blame"]


def _without_claims(prompt: Prompt) -> Prompt:
    defs = {name: one for name, one in prompt.answer_schema.get("$defs", {}).items() if name != "claim"}
    return prompt.model_copy(update={"answer_schema": prompt.answer_schema | {"$defs": defs}})


async def test_with_claims_forty_classes_cost_at_most_seven_calls_on_average(
    neighbours: Neighbours, tenant: Tenant
) -> None:
    """Ten dialogues, in each of which claims are made; in three of them one is wrong."""
    await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    names, calls = tuple(list(read_classes(PROMPTS))[:40]), []
    assert "wrong_fact" in names
    for number in range(10):
        finds = Finds({"wrong_fact": CLAIMS if number < 3 else "T4 T6"}, holds=honest)
        evaluation = await judged(neighbours, tenant, finds, by_prompt(*names))
        assert len(evaluation.findings) == (number < 3)
        calls.append(len(finds.asked))
    assert sum(calls) / len(calls) <= 7
    assert max(calls) <= 8


@WITHOUT_WEIGHTS
async def test_llama_cpp_takes_questions_about_claims(neighbours: Neighbours, tenant: Tenant, llama: str) -> None:
    """What the shipped judge makes of them is no matter here: it was never trained on such questions."""
    await articles.add(tenant.db, tenant.workspace, "returns", "ru", a_version(*RETURNS))
    bundle = by_prompt("wrong_fact", "blame", detect={"min_confidence": 0.0}, verify={"min_confidence": 0.0})
    async with scoring(neighbours, llama) as scorer:
        about = replace(subject(transcript(TALK)), articles=WorkspaceArticles(tenant.db, tenant.workspace))
        evaluation = (await scorer.pinned_to(bundle).score(about, demo(), recipe="r1")).evaluation
    asked = {one.step: one for one in evaluation.steps if one.calls}
    assert "detect" in asked
    assert all(one.state is FlowStepState.DONE for one in asked.values())
