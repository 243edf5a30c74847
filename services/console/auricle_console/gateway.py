"""The gateway as the pages see it: one method a route, contracts in and out, its problems as errors."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from auricle_contracts import (
    CompressionSettings,
    ConversationView,
    CriterionKind,
    EvaluationReport,
    Finding,
    FindingLabel,
    Label,
    Layer,
    ListedConversation,
    Priority,
    Recipe,
    RunView,
    Scope,
    Step,
    Transcript,
)
from auricle_contracts.agent_pages import AgentPage
from auricle_contracts.appeals import Appeal
from auricle_contracts.artefact_editing import ArtefactCheck, ArtefactChoices
from auricle_contracts.breakdowns import BreakdownView, ComparisonView, ParityView
from auricle_contracts.canaries import Canaries, CanaryReport, CanaryState, CanaryView
from auricle_contracts.coaching import CoachingEffect, CoachingTask, GoodExample
from auricle_contracts.drift import DriftReport
from auricle_contracts.dry_runs import DryRunReport, DryRuns, DryRunView
from auricle_contracts.fairness import FairnessReport
from auricle_contracts.gate_traces import GateTrace
from auricle_contracts.masking import MaskingSettings
from auricle_contracts.notices import NoticeSettings
from auricle_contracts.oversight import OversightRecord, OwnDisclosure
from auricle_contracts.prevalence import ClassPrevalence
from auricle_contracts.trainings import (
    TrainingEstimate,
    TrainingList,
    TrainingReport,
    TrainingSettingsView,
    TrainingView,
)
from auricle_contracts.views import SavedView, SavedViews, ViewIn
from auricle_contracts.vocabularies import VocabularyView
from auricle_contracts.word_uses import WordUsesView
from auricle_kit import tracing
from auricle_kit.errors import DependencyUnavailable
from pydantic import BaseModel, Field, TypeAdapter

from auricle_console.errors import GatewaySaid, LoginNeeded
from auricle_console.replies import (
    ApiKey,
    ApiKeys,
    ArtefactDiff,
    ArtefactHistory,
    Artefacts,
    ArtefactText,
    Audit,
    LabelImport,
    NamedGoldenItem,
    NewApiKey,
    NewWebhook,
    OpenSession,
    OpenSessions,
    People,
    PersonOfSession,
    Reply,
    Retention,
    Webhooks,
)
from auricle_console.views.ceilings import HumanAgreement, HumanAgreements
from auricle_console.views.judges import Certificates

ABSENT = frozenset({404, 409, 410})
MOST_NAMED = 200  # conversations that one request can name
Query = Mapping[str, str | list[str]]
M = TypeVar("M", bound=BaseModel)


class WhoAmI(Reply):
    workspace: str
    scopes: tuple[Scope, ...]
    person: PersonOfSession | None = None


class Conversations(Reply):
    items: tuple[ListedConversation, ...]
    next_cursor: str | None = None


class Runs(Reply):
    items: tuple[RunView, ...]
    next_cursor: str | None = None


class Labels(Reply):
    items: tuple[Label, ...]


class FindingLabels(Reply):
    items: tuple[FindingLabel, ...]


class ErrorClass(Reply):
    """`title`, `category_title` and `definition` by language."""

    id: str
    category_title: dict[str, str]
    title: dict[str, str]
    definition: dict[str, str]


class ErrorClasses(Reply):
    items: tuple[ErrorClass, ...]


class Appeals(Reply):
    items: tuple[Appeal, ...]
    next_cursor: str | None = None


class CoachingTasks(Reply):
    items: tuple[CoachingTask, ...]
    next_cursor: str | None = None


class GoodExamples(Reply):
    items: tuple[GoodExample, ...]
    next_cursor: str | None = None


class AppealStatistics(Reply):
    """By criterion or error class, how appeals ended."""

    criterion: str | None
    error_class: str | None
    opened: int
    open: int
    accepted: int
    partly: int
    rejected: int
    withdrawn: int
    overdue: int
    median_hours: float | None


class AppealStatisticsList(Reply):
    items: tuple[AppealStatistics, ...]


class Suggestion(Reply):
    value: str
    name: str | None = None


class Suggestions(Reply):
    agents: tuple[Suggestion, ...]
    lines: tuple[Suggestion, ...]


class AgentCriterion(Reply):
    title: str
    layer: Layer
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    model_mean: float | None = None
    plus_minus: float | None = None
    labelled: int = 0
    agreed: float | None = None


class Agent(Reply):
    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    score: float | None = None
    judged: int = 0
    plus_minus: float | None = None
    criteria: dict[str, AgentCriterion]
    findings: dict[str, int]


class Queue(Reply):
    stream: str
    step: Step
    priority: Priority
    length: int | None
    oldest_age_ms: int | None


class Queues(Reply):
    answering: bool
    items: tuple[Queue, ...]
    workers: dict[Step, str] = Field(default_factory=dict)


class Peaks(Reply):
    """Loudness of equal steps of time, 0-100, for each track."""

    tracks: tuple[tuple[float, ...], ...]


Cell = str | int | float | None


class PanelRows(Reply):
    name: str
    shape: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def named(self) -> list[dict[str, Cell]]:
        """Each row by its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Board(Reply):
    panels: tuple[PanelRows, ...]


AGENTS = TypeAdapter(tuple[Agent, ...])


@dataclass(frozen=True)
class Gateway:
    """A client with one key."""

    client: httpx.AsyncClient
    key: str

    async def whoami(self) -> WhoAmI:
        """Whom the key speaks for. Raises LoginNeeded."""
        return WhoAmI.model_validate_json((await self.ask("GET", "/v1/whoami")).content)

    async def conversations(self, query: Query) -> Conversations:
        """One page; with `include=summary` the answers as they count."""
        reply = await self.ask("GET", "/v1/conversations", params=dict(query))
        return Conversations.model_validate_json(reply.content)

    async def named(self, ids: Iterable[str], *, summaries: bool = True) -> tuple[ListedConversation, ...]:
        """These conversations, in one request; those that are gone are not among them. At most MOST_NAMED."""
        wanted = list(dict.fromkeys(ids))[:MOST_NAMED]
        if not wanted:
            return ()
        query: Query = {"id": wanted, "limit": str(len(wanted))}
        return (await self.conversations({**query, "include": "summary"} if summaries else query)).items

    async def conversation(self, conversation: str) -> ConversationView:
        """Raises GatewaySaid (404, 410)."""
        reply = await self.ask("GET", f"/v1/conversations/{_part(conversation)}")
        return ConversationView.model_validate_json(reply.content)

    async def transcript(self, conversation: str, *, unmasked: bool = False) -> Transcript | None:
        """None while there is none. Raises GatewaySaid (403) where the key may not see what is hidden."""
        return await self._maybe(Transcript, f"/v1/conversations/{_part(conversation)}/transcript", unmasked=unmasked)

    async def report(self, conversation: str, *, unmasked: bool = False) -> EvaluationReport | None:
        """The current evaluation with digest and costs; None while there is none."""
        return await self._maybe(
            EvaluationReport, f"/v1/conversations/{_part(conversation)}/evaluation", unmasked=unmasked
        )

    async def peaks(self, conversation: str) -> Peaks | None:
        """The waveform; None while there is none."""
        return await self._maybe(Peaks, f"/v1/conversations/{_part(conversation)}/recording/peaks")

    async def recipe(self, conversation: str) -> Recipe | None:
        """What the current evaluation was made with; None while there is none."""
        return await self._maybe(Recipe, f"/v1/conversations/{_part(conversation)}/recipe")

    async def labels(self, conversation: str) -> tuple[Label, ...]:
        """What people said about its answers, the newest 200."""
        query = {"conversation_id": conversation, "limit": "200"}
        reply = await self._send("GET", "/v1/labels", params=query)
        return () if reply.status_code in ABSENT else Labels.model_validate_json(checked(reply).content).items

    async def label(self, said: Mapping[str, Any]) -> None:
        """Contest or confirm an answer. Raises GatewaySaid where it does not fit."""
        await self.ask("POST", "/v1/labels", json=dict(said))

    async def label_finding(self, conversation: str, finding: str, said: Mapping[str, Any]) -> None:
        """Accept, reject or grade a finding. Raises GatewaySaid."""
        path = f"/v1/conversations/{_part(conversation)}/findings/{_part(finding)}/labels"
        await self.ask("POST", path, json=dict(said))

    async def finding_labels(self, conversation: str, finding: str) -> tuple[FindingLabel, ...]:
        """What people said about a finding, newest first. Raises GatewaySaid."""
        path = f"/v1/conversations/{_part(conversation)}/findings/{_part(finding)}/labels"
        return FindingLabels.model_validate_json((await self.ask("GET", path)).content).items

    async def add_finding(self, conversation: str, said: Mapping[str, Any], *, unmasked: bool = False) -> Finding:
        """An error that the model missed, in the words as they were shown. Raises GatewaySaid."""
        asked = {"unmasked": "true"} if unmasked else {}
        path = f"/v1/conversations/{_part(conversation)}/findings"
        return Finding.model_validate_json((await self.ask("POST", path, json=dict(said), params=asked)).content)

    async def error_classes(self) -> tuple[ErrorClass, ...]:
        """The checklist, category by category."""
        return ErrorClasses.model_validate_json((await self.ask("GET", "/v1/error-classes")).content).items

    async def appeals(self, query: Query) -> Appeals:
        """Newest first; own ones for an agent."""
        return Appeals.model_validate_json((await self.ask("GET", "/v1/appeals", params=dict(query))).content)

    async def appeals_of(self, conversation: str) -> tuple[Appeal, ...]:
        """The newest 50 of a conversation; none where there is no such conversation."""
        reply = await self._send("GET", "/v1/appeals", params={"conversation_id": conversation})
        return () if reply.status_code in ABSENT else Appeals.model_validate_json(checked(reply).content).items

    async def contest(self, conversation: str, said: Mapping[str, Any]) -> None:
        """Open an appeal. Raises GatewaySaid."""
        await self.ask("POST", f"/v1/conversations/{_part(conversation)}/appeals", json=dict(said))

    async def decide_appeal(self, appeal: str, said: Mapping[str, Any]) -> None:
        """How it ends. Raises GatewaySaid."""
        await self.ask("POST", f"/v1/appeals/{_part(appeal)}/decision", json=dict(said))

    async def withdraw_appeal(self, appeal: str) -> None:
        """By who opened it. Raises GatewaySaid."""
        await self.ask("POST", f"/v1/appeals/{_part(appeal)}/withdrawal")

    async def own_appeal(self, appeal: str, person: str | None) -> None:
        """Who is to decide it. Raises GatewaySaid."""
        await self.ask("PUT", f"/v1/appeals/{_part(appeal)}/owner", json={"person_id": person})

    async def appeal_statistics(self) -> tuple[AppealStatistics, ...]:
        """What was contested most comes first. Raises GatewaySaid."""
        return AppealStatisticsList.model_validate_json((await self.ask("GET", "/v1/appeal-statistics")).content).items

    def recording(
        self, conversation: str, headers: Mapping[str, str], *, masked: bool = False, seekable: bool = False
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """The recording as a stream, with tones if `masked` or if the key may hear no other, as WAV if it cannot be sought in and is to be
        `seekable`; the caller passes the browser's Range on.
        """
        path = f"/v1/conversations/{_part(conversation)}/recording"
        asked = {name: "true" for name, wanted in (("masked", masked), ("seekable", seekable)) if wanted}
        return self.client.stream("GET", path, params=asked, headers=self._headers | dict(headers))

    def export(self, query: Query) -> AbstractAsyncContextManager[httpx.Response]:
        """The reports as a file, streamed."""
        return self.client.stream("GET", "/v1/export", params=dict(query), headers=self._headers)

    async def views(self) -> tuple[SavedView, ...]:
        """One's own and the shared ones, by name."""
        return SavedViews.model_validate_json((await self.ask("GET", "/v1/views")).content).items

    async def save_view(self, view: ViewIn, instead_of: str | None) -> None:
        """A new one, or in place of one. Raises GatewaySaid."""
        path = f"/v1/views/{_part(instead_of)}" if instead_of else "/v1/views"
        await self.ask("PUT" if instead_of else "POST", path, json=view.model_dump(mode="json"))

    async def remove_view(self, view: str) -> None:
        """Raises GatewaySaid."""
        await self.ask("DELETE", f"/v1/views/{_part(view)}")

    async def breakdown(self, query: Query) -> BreakdownView:
        """Scores and error classes by a group. Raises GatewaySaid."""
        return BreakdownView.model_validate_json((await self.ask("GET", "/v1/breakdown", params=dict(query))).content)

    async def word_uses(self, query: Mapping[str, str | list[str]]) -> WordUsesView:
        """Words with a choice and with the rest. Raises GatewaySaid."""
        return WordUsesView.model_validate_json((await self.ask("GET", "/v1/word-uses", params=dict(query))).content)

    async def comparison(self, query: Query) -> ComparisonView:
        """Two periods or recipes. Raises GatewaySaid."""
        return ComparisonView.model_validate_json((await self.ask("GET", "/v1/comparison", params=dict(query))).content)

    async def parity(self, query: Query) -> ParityView:
        """People and bots on the same checklist."""
        return ParityView.model_validate_json((await self.ask("GET", "/v1/parity", params=dict(query))).content)

    def parity_export(self, query: Query) -> AbstractAsyncContextManager[httpx.Response]:
        """The same as CSV, streamed."""
        return self.stream("/v1/parity/export", query)

    async def fairness(self, query: Query) -> FairnessReport:
        """The machine's errors by group. Raises GatewaySaid."""
        return FairnessReport.model_validate_json((await self.ask("GET", "/v1/fairness", params=dict(query))).content)

    async def drift(self, query: Query) -> DriftReport:
        """Agreement over time, and what comes in. Raises GatewaySaid."""
        return DriftReport.model_validate_json((await self.ask("GET", "/v1/drift", params=dict(query))).content)

    def fairness_export(self, query: Query) -> AbstractAsyncContextManager[httpx.Response]:
        """The same as CSV, streamed."""
        return self.stream("/v1/fairness/export", query)

    async def suggestions(self) -> Suggestions:
        """Agents and lines that the filters may name."""
        return Suggestions.model_validate_json((await self.ask("GET", "/v1/facets")).content)

    async def agents(self, query: Query) -> tuple[Agent, ...]:
        """By name."""
        return AGENTS.validate_python((await self.ask("GET", "/v1/agents", params=dict(query))).json()["items"])

    async def agent(self, agent: str, query: Query) -> AgentPage:
        """The page of one agent, or of `me`. Raises GatewaySaid."""
        reply = await self.ask("GET", f"/v1/agents/{_part(agent)}", params=dict(query))
        return AgentPage.model_validate_json(reply.content)

    async def acknowledge(self, conversation: str, finding: str) -> None:
        """Whom it is about has read it. Raises GatewaySaid."""
        await self.ask("POST", f"/v1/conversations/{_part(conversation)}/findings/{_part(finding)}/acknowledgement")

    async def coaching_tasks(self, query: Query) -> CoachingTasks:
        """Newest first; own ones for who does not review."""
        reply = await self.ask("GET", "/v1/coaching-tasks", params=dict(query))
        return CoachingTasks.model_validate_json(reply.content)

    async def coaching_task(self, task: str) -> CoachingTask:
        """One. Raises GatewaySaid."""
        return CoachingTask.model_validate_json((await self.ask("GET", f"/v1/coaching-tasks/{_part(task)}")).content)

    async def coaching_effect(self, task: str) -> CoachingEffect:
        """What came of it. Raises GatewaySaid."""
        reply = await self.ask("GET", f"/v1/coaching-tasks/{_part(task)}/effect")
        return CoachingEffect.model_validate_json(reply.content)

    async def give_task(self, said: Mapping[str, Any]) -> CoachingTask:
        """For an agent. Raises GatewaySaid."""
        reply = await self.ask("POST", "/v1/coaching-tasks", json=dict(said))
        return CoachingTask.model_validate_json(reply.content)

    async def move_task(self, task: str, step: str) -> None:
        """`acknowledgement`, `done` or `withdrawal`. Raises GatewaySaid."""
        await self.ask("POST", f"/v1/coaching-tasks/{_part(task)}/{_part(step)}")

    async def good_examples(self, query: Query) -> GoodExamples:
        """Newest first."""
        return GoodExamples.model_validate_json(
            (await self.ask("GET", "/v1/good-examples", params=dict(query))).content
        )

    async def add_example(self, said: Mapping[str, Any]) -> None:
        """Words of a conversation for everybody. Raises GatewaySaid."""
        await self.ask("POST", "/v1/good-examples", json=dict(said))

    async def remove_example(self, example: str) -> None:
        """For good. Raises GatewaySaid."""
        await self.ask("DELETE", f"/v1/good-examples/{_part(example)}")

    async def dashboard(self, name: str, query: Mapping[str, str]) -> Board:
        """Rows of `quality` or `economics`. Raises GatewaySaid."""
        reply = await self.ask("GET", f"/v1/dashboards/{_part(name)}", params=dict(query))
        return Board.model_validate_json(reply.content)

    async def dead(self, cursor: str | None = None) -> Runs:
        """Runs that were given up, newest first."""
        params = {"state": "dead"} | ({"cursor": cursor} if cursor else {})
        return Runs.model_validate_json((await self.ask("GET", "/v1/runs", params=params)).content)

    async def resend(self, run: str) -> None:
        """A dead run to the queue again."""
        await self.ask("POST", f"/v1/runs/{_part(run)}/resend")

    async def queues(self) -> Queues:
        """Lengths and ages."""
        return Queues.model_validate_json((await self.ask("GET", "/v1/queues")).content)

    async def hand_in(self, name: str, media_type: str, body: AsyncIterator[bytes], key: str) -> ConversationView:
        """A recording or an e-mail under its file's name; by `key` a second sending finds the first. Raises GatewaySaid."""
        headers = {
            "Content-Type": media_type, "Auricle-Metadata": json.dumps({"external_id": name}), "Idempotency-Key": key,
        }  # fmt: skip
        reply = await self.ask("POST", "/v1/conversations", content=body, headers=headers)
        return ConversationView.model_validate_json(reply.content)

    async def hand_in_turns(self, about: Mapping[str, Any]) -> ConversationView:
        """A chat, an e-mail or a ready transcript. Raises GatewaySaid."""
        return ConversationView.model_validate_json(
            (await self.ask("POST", "/v1/conversations", json=dict(about))).content
        )

    async def hand_in_recording(self, about: Mapping[str, Any], media_type: str, body: bytes) -> ConversationView:
        """A recording with what is known of it. Raises GatewaySaid."""
        headers = {"Content-Type": media_type, "Auricle-Metadata": json.dumps(about)}
        reply = await self.ask("POST", "/v1/conversations", content=body, headers=headers)
        return ConversationView.model_validate_json(reply.content)

    async def delete_conversation(self, conversation: str) -> None:
        """For good. Raises GatewaySaid."""
        await self.ask("DELETE", f"/v1/conversations/{_part(conversation)}")

    async def import_labels(self, sheet: AsyncIterator[bytes] | bytes, *, dry_run: bool = False) -> LabelImport:
        """An edited sheet; with `dry_run` only looked at. Raises GatewaySaid for what is none."""
        headers = {"Content-Type": "application/octet-stream"}
        asked = {"dry_run": "true"} if dry_run else {}
        reply = await self.ask("POST", "/v1/labels/import", content=sheet, headers=headers, params=asked)
        return LabelImport.model_validate_json(reply.content)

    async def masking(self) -> MaskingSettings:
        """What is hidden, and where."""
        return MaskingSettings.model_validate_json((await self.ask("GET", "/v1/masking")).content)

    async def choose_masking(self, chosen: MaskingSettings) -> None:
        """From now on."""
        await self.ask("PUT", "/v1/masking", json=chosen.model_dump(mode="json"))

    async def compression(self) -> CompressionSettings:
        """How deep conversations are cut."""
        found = (await self.ask("GET", "/v1/compression")).json()
        return CompressionSettings(deepest=found["deepest"])

    async def choose_compression(self, chosen: CompressionSettings) -> None:
        """From now on."""
        await self.ask("PUT", "/v1/compression", json=chosen.model_dump(mode="json"))

    async def vocabulary(self) -> VocabularyView:
        """Names and products that speech engines are told."""
        return VocabularyView.model_validate_json((await self.ask("GET", "/v1/vocabulary")).content)

    async def choose_vocabulary(self, terms: Iterable[str]) -> None:
        """In the place of those before. Raises GatewaySaid for what nobody can say."""
        await self.ask("PUT", "/v1/vocabulary", json={"terms": list(terms)})

    async def webhooks(self) -> Webhooks:
        """Without their secrets."""
        return Webhooks.model_validate_json((await self.ask("GET", "/v1/webhooks")).content)

    async def add_webhook(self, url: str, events: Iterable[str]) -> NewWebhook:
        """Raises GatewaySaid for an address that may not be called."""
        reply = await self.ask("POST", "/v1/webhooks", json={"url": url, "events": list(events)})
        return NewWebhook.model_validate_json(reply.content)

    async def remove_webhook(self, webhook: str) -> None:
        """With its unsent events."""
        await self.ask("DELETE", f"/v1/webhooks/{_part(webhook)}")

    async def notices(self) -> NoticeSettings:
        """What the person wants by mail."""
        return NoticeSettings.model_validate_json((await self.ask("GET", "/v1/me/notices")).content)

    async def choose_notices(self, chosen: NoticeSettings) -> None:
        """From now on. Raises GatewaySaid."""
        await self.ask("PUT", "/v1/me/notices", json=chosen.model_dump(mode="json"))

    async def audit(self, query: Query) -> Audit:
        """Who did what."""
        return Audit.model_validate_json((await self.ask("GET", "/v1/audit", params=dict(query))).content)

    def audit_export(self, query: Mapping[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
        """The log as CSV, streamed."""
        return self.stream("/v1/audit/export", query)

    async def disclosure(self) -> OwnDisclosure:
        """What people at work are told, and when the caller read it."""
        return OwnDisclosure.model_validate_json((await self.ask("GET", "/v1/disclosure")).content)

    async def acknowledge_disclosure(self, version: int) -> None:
        """The caller has read it. Raises GatewaySaid for a version that is not the newest."""
        await self.ask("POST", "/v1/disclosure/acknowledgement", json={"version": version})

    async def write_disclosure(self, said: Mapping[str, str]) -> None:
        """The next version. Raises GatewaySaid."""
        await self.ask("POST", "/v1/disclosures", json=dict(said))

    async def oversight(self, query: Query) -> OversightRecord:
        """The record of a period. Raises GatewaySaid."""
        return OversightRecord.model_validate_json((await self.ask("GET", "/v1/oversight", params=dict(query))).content)

    async def enter_oversight(self, said: Mapping[str, str]) -> None:
        """Who answers, or an incident. Raises GatewaySaid."""
        await self.ask("POST", "/v1/oversight/entries", json=dict(said))

    def oversight_export(self, query: Query) -> AbstractAsyncContextManager[httpx.Response]:
        """The record as a file, streamed."""
        return self.stream("/v1/oversight/export", query)

    async def people(self, query: Query) -> People:
        """Who may sign in."""
        return People.model_validate_json((await self.ask("GET", "/v1/people", params=dict(query))).content)

    async def artefacts(self, query: Query) -> Artefacts:
        """What is live, or versions of another state."""
        return Artefacts.model_validate_json((await self.ask("GET", "/v1/artefacts", params=dict(query))).content)

    async def artefact(self, artefact: str) -> ArtefactText:
        """One version with its text. Raises GatewaySaid."""
        return ArtefactText.model_validate_json((await self.ask("GET", f"/v1/artefacts/{_part(artefact)}")).content)

    async def judge_certificates(self, query: Query) -> Certificates:
        """As they stand now, the newest first."""
        reply = await self.ask("GET", "/v1/judge-certificates", params=dict(query))
        return Certificates.model_validate_json(reply.content)

    async def artefact_choices(self) -> ArtefactChoices:
        """What a version may name."""
        return ArtefactChoices.model_validate_json((await self.ask("GET", "/v1/artefact-choices")).content)

    async def check_artefact(self, kind: str, text: str) -> ArtefactCheck:
        """What is wrong with a document; nothing is kept."""
        reply = await self.ask("POST", "/v1/artefact-checks", json={"kind": kind, "text": text})
        return ArtefactCheck.model_validate_json(reply.content)

    async def start_dry_run(self, artefact: str, wanted: Mapping[str, Any]) -> DryRunView:
        """On past conversations. Raises GatewaySaid."""
        reply = await self.ask("POST", f"/v1/artefacts/{_part(artefact)}/dry-runs", json=dict(wanted))
        return DryRunView.model_validate_json(reply.content)

    async def start_shadow(self, artefact: str, wanted: Mapping[str, Any]) -> DryRunView:
        """Beside live traffic. Raises GatewaySaid."""
        reply = await self.ask("POST", f"/v1/artefacts/{_part(artefact)}/shadows", json=dict(wanted))
        return DryRunView.model_validate_json(reply.content)

    async def end_shadow(self, dry_run: str) -> None:
        """Raises GatewaySaid."""
        await self.ask("POST", f"/v1/dry-runs/{_part(dry_run)}/end")

    async def dry_runs(self, artefact: str) -> tuple[DryRunView, ...]:
        """Of a version, newest first."""
        reply = await self.ask("GET", f"/v1/artefacts/{_part(artefact)}/dry-runs")
        return DryRuns.model_validate_json(reply.content).items

    async def dry_run(self, dry_run: str) -> DryRunReport:
        """What the version would change. Raises GatewaySaid."""
        return DryRunReport.model_validate_json((await self.ask("GET", f"/v1/dry-runs/{_part(dry_run)}")).content)

    async def canaries(self, artefact: str) -> tuple[CanaryView, ...]:
        """Of all versions, newest first, those of this one and the one that runs."""
        found = Canaries.model_validate_json((await self.ask("GET", "/v1/canaries")).content).items
        return tuple(one for one in found if one.artefact_id == artefact or one.state is CanaryState.RUNNING)

    async def canary(self, canary: str) -> CanaryReport:
        """What differs. Raises GatewaySaid."""
        return CanaryReport.model_validate_json((await self.ask("GET", f"/v1/canaries/{_part(canary)}")).content)

    async def start_canary(self, artefact: str, share: int, reason: str) -> None:
        """Raises GatewaySaid."""
        said = {"share": share, "reason": reason}
        await self.ask("POST", f"/v1/artefacts/{_part(artefact)}/canaries", json=said)

    async def change_canary(self, canary: str, share: int | None, reason: str) -> None:
        """Another share; None ends it. Raises GatewaySaid."""
        await self.ask("PATCH", f"/v1/canaries/{_part(canary)}", json={"share": share, "reason": reason})

    async def trainings(self) -> tuple[TrainingView, ...]:
        """Newest first."""
        return TrainingList.model_validate_json((await self.ask("GET", "/v1/trainings")).content).items

    async def training(self, training: str) -> TrainingReport:
        """With its history and figures. Raises GatewaySaid."""
        return TrainingReport.model_validate_json((await self.ask("GET", f"/v1/trainings/{_part(training)}")).content)

    async def training_settings(self) -> TrainingSettingsView:
        """The workspace's choice, and the bases that may be asked for."""
        return TrainingSettingsView.model_validate_json((await self.ask("GET", "/v1/training-settings")).content)

    async def training_estimate(self, wanted: Mapping[str, Any]) -> TrainingEstimate:
        """Raises GatewaySaid."""
        reply = await self.ask("POST", "/v1/training-estimates", json=wanted)
        return TrainingEstimate.model_validate_json(reply.content)

    async def ask_training(self, wanted: Mapping[str, Any]) -> TrainingReport:
        """Raises GatewaySaid."""
        return TrainingReport.model_validate_json((await self.ask("POST", "/v1/trainings", json=wanted)).content)

    async def gate_trace(self, artefact: str, item: str) -> GateTrace | None:
        """None where nothing is kept, or the item may not be read."""
        try:
            reply = await self.ask("GET", f"/v1/artefacts/{_part(artefact)}/gate-traces/{_part(item)}")
        except GatewaySaid:
            return None
        return GateTrace.model_validate_json(reply.content)

    async def golden_item(self, item: str) -> NamedGoldenItem | None:
        """None where it is not there, or its split may not be read."""
        try:
            reply = await self.ask("GET", f"/v1/golden-items/{_part(item)}")
        except GatewaySaid:
            return None
        return NamedGoldenItem.model_validate_json(reply.content)

    async def human_agreement(self) -> tuple[HumanAgreement, ...]:
        """How far people agree with each other; nothing where that may not be read."""
        try:
            reply = await self.ask("GET", "/v1/human-agreement")
        except GatewaySaid:
            return ()
        return HumanAgreements.model_validate_json(reply.content).items

    async def class_prevalence(self, name: str) -> ClassPrevalence | None:
        """How often an error class occurs; None where that may not be read."""
        try:
            reply = await self.ask("GET", f"/v1/error-classes/{quote(name, safe='')}/prevalence")
        except GatewaySaid:
            return None
        return ClassPrevalence.model_validate_json(reply.content)

    async def artefact_history(self, artefact: str) -> ArtefactHistory:
        """Its name's versions, and who made which live."""
        reply = await self.ask("GET", f"/v1/artefacts/{_part(artefact)}/history")
        return ArtefactHistory.model_validate_json(reply.content)

    async def artefact_diff(self, artefact: str, against: str = "") -> ArtefactDiff | None:
        """What it changes of another version, or of what is live; None where there is no such thing."""
        return await self._maybe(ArtefactDiff, f"/v1/artefacts/{_part(artefact)}/diff", against=against)

    async def sessions(self, *, everybody: bool) -> tuple[OpenSession, ...]:
        """One's own, or with the scope `people` everybody's."""
        reply = await self.ask("GET", "/v1/sessions", params={"everybody": "true"} if everybody else {})
        return OpenSessions.model_validate_json(reply.content).items

    async def api_keys(self) -> tuple[ApiKey, ...]:
        """Oldest first."""
        return ApiKeys.model_validate_json((await self.ask("GET", "/v1/api-keys")).content).items

    async def add_key(self, name: str, scopes: Iterable[str]) -> NewApiKey:
        """With its token. Raises GatewaySaid."""
        said = {"name": name, "scopes": list(scopes)}
        return NewApiKey.model_validate_json((await self.ask("POST", "/v1/api-keys", json=said)).content)

    async def end_key(self, key: str) -> None:
        """For good."""
        await self.ask("DELETE", f"/v1/api-keys/{_part(key)}")

    async def retention(self, days: str = "") -> Retention:
        """What holds, and how many are older than it, or than `days`."""
        reply = await self.ask("GET", "/v1/retention", params={"days": days} if days else {})
        return Retention.model_validate_json(reply.content)

    async def choose_retention(self, days: int | None) -> None:
        """From now on."""
        await self.ask("PUT", "/v1/retention", json={"days": days})

    async def stop_dry_run(self, dry_run: str) -> None:
        """What waits is left out."""
        await self.ask("POST", f"/v1/dry-runs/{_part(dry_run)}/stopping")

    async def end_session(self, session: str) -> None:
        """Signs a person out."""
        await self.ask("DELETE", f"/v1/sessions/{_part(session)}")

    def stream(self, path: str, query: Query) -> AbstractAsyncContextManager[httpx.Response]:
        """A file, piece by piece."""
        return self.client.stream("GET", path, params=dict(query), headers=self._headers)

    async def _maybe(self, model: type[M], path: str, *, unmasked: bool = False, against: str = "") -> M | None:
        asked = ({"unmasked": "true"} if unmasked else {}) | ({"against": against} if against else {})
        reply = await self._send("GET", path, params=asked)
        if reply.status_code in ABSENT:
            return None
        return model.model_validate_json(checked(reply).content)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request that succeeds. Raises LoginNeeded, GatewaySaid, DependencyUnavailable."""
        return checked(await self._send(method, path, **options))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            headers = self._headers | options.pop("headers", {})
            return await self.client.request(method, path, headers=headers, **options)
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"the gateway does not answer ({type(error).__name__})") from None

    @property
    def _headers(self) -> dict[str, str]:
        parent = tracing.traceparent()
        return {"Authorization": f"Bearer {self.key}"} | ({"traceparent": parent} if parent else {})


def _part(value: str) -> str:
    """One segment of a path: an id from a browser must not climb out of it."""
    return quote(value, safe="") if value.strip(".") else "none"


def checked(reply: httpx.Response) -> httpx.Response:
    """The same reply, wholly read, when it is a success. Raises LoginNeeded, or GatewaySaid with the gateway's problem."""
    if reply.is_success:
        return reply
    if reply.status_code == 401:
        raise LoginNeeded("the gateway does not know this key")
    raise GatewaySaid(reply.status_code, *problem_of(reply), faults_of(reply))


def problem_of(reply: httpx.Response) -> tuple[str, str]:
    """Code and detail of the gateway's problem; of an answer that is none, that it is none."""
    try:
        problem = reply.json()
        return str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return "internal", f"the gateway answered {reply.status_code}"


def faults_of(reply: httpx.Response) -> tuple[Mapping[str, str], ...]:
    """What the problem lists of a document: where and why."""
    try:
        listed = reply.json().get("errors", ())
        return tuple({"at": str(one["at"]), "problem": str(one["problem"])} for one in listed)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()
