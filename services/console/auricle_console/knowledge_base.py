"""The gateway's knowledge base as the pages see it: one method a route."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from auricle_console.gateway import Gateway
from auricle_console.views.knowledge import (
    Article,
    Articles,
    ArticleText,
    ArticleVersions,
    FoundPassages,
    Gaps,
    JudgedAgain,
    StaleArticles,
)

ROOT = "/v1/knowledge"


@dataclass(frozen=True)
class KnowledgeBase:
    """All raise GatewaySaid."""

    gateway: Gateway

    async def articles(self, query: Mapping[str, str]) -> Articles:
        """By reference, page by page."""
        return Articles.model_validate_json(
            (await self.gateway.ask("GET", f"{ROOT}/articles", params=dict(query))).content
        )

    async def search(self, words: str) -> FoundPassages:
        """Passages of active articles."""
        reply = await self.gateway.ask("GET", f"{ROOT}/search", params={"q": words, "limit": "20"})
        return FoundPassages.model_validate_json(reply.content)

    async def article(self, article: str, version: str = "") -> ArticleText:
        """A version, by default the newest."""
        asked = {"version": version} if version.isdigit() else {}
        return ArticleText.model_validate_json((await self.gateway.ask("GET", _path(article), params=asked)).content)

    async def versions(self, article: str) -> ArticleVersions:
        """Who sent which."""
        return ArticleVersions.model_validate_json(
            (await self.gateway.ask("GET", f"{_path(article)}/versions")).content
        )

    async def put(
        self, reference: str, media_type: str, name: str, document: AsyncIterator[bytes], note: str
    ) -> Article:
        """A new article, or a new version of the one of this reference."""
        known = (await self.articles({"reference": reference})).items
        path = f"{_path(known[0].id)}/versions" if known else f"{ROOT}/articles"
        asked = {"file_name": name} | ({"note": note} if note else {}) | ({} if known else {"reference": reference})
        headers = {"Content-Type": media_type}
        reply = await self.gateway.ask("POST", path, params=asked, content=document, headers=headers)
        return Article.model_validate_json(reply.content)

    async def set_state(self, article: str, state: str) -> None:
        """`retired`: searched and cited no more; `active`: again."""
        await self.gateway.ask("PATCH", _path(article), json={"state": state})

    async def stale(self) -> StaleArticles:
        """What findings cite and the articles say no more."""
        return StaleArticles.model_validate_json((await self.gateway.ask("GET", f"{ROOT}/stale")).content)

    async def judge_again(self, article: str) -> JudgedAgain:
        """Conversations with stale findings of this article."""
        reply = await self.gateway.ask("POST", f"{ROOT}/stale/judge-again", params={"article_id": article})
        return JudgedAgain.model_validate_json(reply.content)

    async def gaps(self) -> Gaps:
        """Error classes without an article."""
        return Gaps.model_validate_json((await self.gateway.ask("GET", f"{ROOT}/gaps")).content)


def _path(article: str) -> str:
    return f"{ROOT}/articles/{quote(article, safe='') if article.strip('.') else 'none'}"
