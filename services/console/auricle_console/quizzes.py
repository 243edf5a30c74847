"""Quizzes as the gateway tells them: one method a route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from auricle_contracts.quizzes import AskedQuestion, Quiz, QuizAssignment, QuizQuestion, QuizRecipient, QuizResults

from auricle_console.gateway import Gateway
from auricle_console.replies import Reply


class QuizSource(Reply):
    """A finding that people judged, without personal data."""

    conversation_id: str
    finding_id: str
    error_class: str
    is_accepted: bool
    quote: str
    comment: str


class QuizSources(Reply):
    items: tuple[QuizSource, ...]


class QuizPage(Reply):
    items: tuple[Quiz, ...]
    next_cursor: str | None


class WholeQuiz(Reply):
    """With what is right."""

    quiz: Quiz
    items: tuple[QuizQuestion, ...]


class QuizRecipients(Reply):
    items: tuple[QuizRecipient, ...]


class OwnQuizzes(Reply):
    items: tuple[QuizAssignment, ...]


class OwnQuiz(Reply):
    """One's own; what is right stands beside what was answered."""

    assignment: QuizAssignment
    items: tuple[AskedQuestion, ...]


@dataclass(frozen=True)
class Quizzes:
    """The routes of quizzes; each raises what `Gateway.ask` raises."""

    gateway: Gateway

    async def sources(self, query: Mapping[str, str]) -> tuple[QuizSource, ...]:
        """The newest verdicts first."""
        reply = await self.gateway.ask("GET", "/v1/quiz-sources", params=dict(query))
        return QuizSources.model_validate_json(reply.content).items

    async def page(self, query: Mapping[str, str]) -> QuizPage:
        """Newest first."""
        reply = await self.gateway.ask("GET", "/v1/quizzes", params=dict(query))
        return QuizPage.model_validate_json(reply.content)

    async def get(self, quiz: str) -> WholeQuiz:
        """One."""
        return WholeQuiz.model_validate_json((await self.gateway.ask("GET", _path(quiz))).content)

    async def make(self, title: str, sources: Sequence[Mapping[str, str]]) -> Quiz:
        """A new one."""
        said = {"title": title, "sources": list(sources)}
        return Quiz.model_validate_json((await self.gateway.ask("POST", "/v1/quizzes", json=said)).content)

    async def recipients(self) -> tuple[QuizRecipient, ...]:
        """Active agents by name."""
        reply = await self.gateway.ask("GET", "/v1/quiz-recipients")
        return QuizRecipients.model_validate_json(reply.content).items

    async def give(self, quiz: str, said: Mapping[str, Any]) -> None:
        """To people or a team."""
        await self.gateway.ask("POST", f"{_path(quiz)}/assignments", json=dict(said))

    async def remove(self, quiz: str) -> None:
        """For good."""
        await self.gateway.ask("DELETE", _path(quiz))

    async def results(self, quiz: str) -> QuizResults:
        """Of three people or more together."""
        return QuizResults.model_validate_json((await self.gateway.ask("GET", f"{_path(quiz)}/results")).content)

    async def own(self) -> tuple[QuizAssignment, ...]:
        """Newest first."""
        reply = await self.gateway.ask("GET", "/v1/quiz-assignments")
        return OwnQuizzes.model_validate_json(reply.content).items

    async def own_quiz(self, assignment: str) -> OwnQuiz:
        """One of the own."""
        return OwnQuiz.model_validate_json((await self.gateway.ask("GET", _own(assignment))).content)

    async def answer(self, assignment: str, question: str, choice: str | None) -> None:
        """Once."""
        said = {"question_id": question, "choice": choice}
        await self.gateway.ask("POST", f"{_own(assignment)}/answers", json=said)


def _path(quiz: str) -> str:
    return f"/v1/quizzes/{quote(quiz, safe='')}"


def _own(assignment: str) -> str:
    return f"/v1/quiz-assignments/{quote(assignment, safe='')}"
