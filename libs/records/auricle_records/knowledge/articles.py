"""Articles, their versions and passages. A version is never changed; the newest one is `current`, which search reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.knowledge import ArticleState, Passage
from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.conversations.filters import has_part
from auricle_records.database import Database, new_id
from auricle_records.errors import NameTaken, NotFound, RevisionConflict
from auricle_records.tables import article_versions, articles, passages


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an article says from now on. `next_passage` is the first number that no passage of the article ever had."""

    title: str
    media_type: str
    sha256: str
    size_bytes: int
    passages: tuple[Passage, ...]
    next_passage: int
    author: Actor
    file_name: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article by its newest version; `size_bytes` are those of all its versions."""

    id: str
    reference: str
    title: str
    language: str | None
    state: ArticleState
    version: int
    next_passage: int
    passages: int
    size_bytes: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """A version and who wrote it."""

    version: int
    title: str
    media_type: str
    file_name: str | None
    sha256: str
    size_bytes: int
    passages: int
    note: str | None
    author: Actor
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """By reference. `cursor` asks for the next page; None on the last."""

    items: tuple[Article, ...]
    cursor: str | None


_OF_ARTICLE = article_versions.c.article_id == articles.c.id
_SHOWN = select(
    articles,
    select(article_versions.c.passages)
    .where(_OF_ARTICLE, article_versions.c.version == articles.c.version)
    .scalar_subquery()
    .label("size"),
    select(func.sum(article_versions.c.size_bytes)).where(_OF_ARTICLE).scalar_subquery().label("size_bytes"),
)


async def add(db: Database, workspace: str, reference: str, language: str | None, first: NewVersion) -> Article:
    """Raises NameTaken for a reference that another article has."""
    article_id = new_id()
    values = {"reference": reference, "language": language, "title": first.title, "version": 1}
    values |= {"workspace_id": workspace, "id": article_id, "next_passage": first.next_passage}
    try:
        async with db.transaction(workspace) as connection:
            await connection.execute(insert(articles).values(values))
            await _write(connection, workspace, article_id, 1, first)
            return await _get(connection, article_id)
    except IntegrityError:
        raise NameTaken(
            f"an article has the reference {reference} already",
            action="Send the document as a new version of that article, or under another reference.",
        ) from None


async def add_version(db: Database, workspace: str, article_id: str, new: NewVersion, *, after: int) -> Article:
    """The version behind `after`, whose passages the new ids were made from. Raises NotFound, RevisionConflict."""
    values = {"version": after + 1, "title": new.title, "next_passage": new.next_passage, "updated_at": func.now()}
    changed = update(articles).where(articles.c.id == article_id, articles.c.version == after).values(values)
    async with db.transaction(workspace) as connection:
        if (await connection.execute(changed)).rowcount == 0:
            await _get(connection, article_id)
            raise RevisionConflict(
                "somebody has sent a newer version meanwhile", action="Look at it, and send yours again."
            )
        old = update(passages).where(passages.c.article_id == article_id, passages.c.current).values(current=False)
        await connection.execute(old)
        await _write(connection, workspace, article_id, after + 1, new)
        return await _get(connection, article_id)


async def change(db: Database, workspace: str, article_id: str, values: Mapping[str, Any]) -> Article:
    """Replace title, language or state. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        wanted = update(articles).where(articles.c.id == article_id)
        await connection.execute(wanted.values(**values, updated_at=func.now()))
        return await _get(connection, article_id)


async def remove(db: Database, workspace: str, article_id: str) -> None:
    """With all its versions. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        if (await connection.execute(delete(articles).where(articles.c.id == article_id))).rowcount == 0:
            raise NotFound(f"no article {article_id}")


async def get(db: Database, workspace: str, article_id: str) -> Article:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, article_id)


async def page(
    db: Database,
    workspace: str,
    *,
    reference: str | None = None,
    state: ArticleState | None = None,
    language: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> ArticlePage:
    """`search` is a part of a title or a reference. One statement."""
    equal = {"reference": reference, "state": state, "language": language}
    statement = _SHOWN.order_by(articles.c.reference).limit(limit + 1)
    statement = statement.where(*(articles.c[name] == value for name, value in equal.items() if value is not None))
    if search is not None:
        statement = statement.where(or_(has_part(articles.c.title, search), has_part(articles.c.reference, search)))
    if cursor is not None:
        statement = statement.where(articles.c.reference > cursor)
    async with db.transaction(workspace) as connection:
        found = [_article(row) for row in await connection.execute(statement)]
    return ArticlePage(tuple(found[:limit]), found[limit - 1].reference if len(found) > limit else None)


async def active_references(db: Database, workspace: str) -> frozenset[str]:
    """What error classes may name and be cited."""
    statement = select(articles.c.reference).where(articles.c.state == ArticleState.ACTIVE)
    async with db.transaction(workspace) as connection:
        return frozenset((await connection.scalars(statement)).all())


async def versions(db: Database, workspace: str, article_id: str, *, limit: int = 200) -> list[ArticleVersion]:
    """The newest first. Raises NotFound."""
    of_article = select(article_versions).where(article_versions.c.article_id == article_id)
    async with db.transaction(workspace) as connection:
        await _get(connection, article_id)
        rows = await connection.execute(of_article.order_by(article_versions.c.version.desc()).limit(limit))
        return [_version(row) for row in rows]


async def version(
    db: Database, workspace: str, article_id: str, number: int
) -> tuple[ArticleVersion, tuple[Passage, ...]]:
    """A version and its passages in their order. Raises NotFound."""
    of_version = article_versions.c.article_id == article_id, article_versions.c.version == number
    its_passages = passages.c.article_id == article_id, passages.c.version == number
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(article_versions).where(*of_version))).one_or_none()
        if row is None:
            raise NotFound(f"no version {number} of article {article_id}")
        rows = await connection.execute(select(passages).where(*its_passages).order_by(passages.c.position))
        return _version(row), tuple(passage_of(one) for one in rows)


def passage_of(row: Row[Any]) -> Passage:
    """The passage of a row."""
    return Passage(id=row.id, text=row.text, headings=tuple(row.headings), page=row.page)


async def _write(connection: AsyncConnection, workspace: str, article_id: str, number: int, new: NewVersion) -> None:
    named = {"workspace_id": workspace, "article_id": article_id, "version": number}
    about = {"title": new.title, "media_type": new.media_type, "file_name": new.file_name, "note": new.note}
    author = {"author_kind": new.author.kind, "author": new.author.id, "author_name": new.author.name}
    size = {"sha256": new.sha256, "size_bytes": new.size_bytes, "passages": len(new.passages)}
    await connection.execute(insert(article_versions).values(named | about | author | size))
    rows = [
        named | one.model_dump(mode="json") | {"position": place, "current": True}
        for place, one in enumerate(new.passages)
    ]
    await connection.execute(insert(passages), rows)


async def _get(connection: AsyncConnection, article_id: str) -> Article:
    row = (await connection.execute(_SHOWN.where(articles.c.id == article_id))).one_or_none()
    if row is None:
        raise NotFound(f"no article {article_id}")
    return _article(row)


def _article(row: Row[Any]) -> Article:
    state, sizes = ArticleState(row.state), (row.size, int(row.size_bytes))
    about = (row.id, row.reference, row.title, row.language, state, row.version, row.next_passage)
    return Article(*about, *sizes, row.created_at, row.updated_at)


def _version(row: Row[Any]) -> ArticleVersion:
    about = (row.version, row.title, row.media_type, row.file_name, row.sha256, row.size_bytes, row.passages, row.note)
    return ArticleVersion(*about, Actor(row.author_kind, row.author, row.author_name), row.created_at)
