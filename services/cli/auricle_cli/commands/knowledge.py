"""`auricle knowledge`: articles that findings cite."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from auricle_cli.errors import CliError, NotAllSubmitted, Refused
from auricle_cli.gateway import Gateway
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Articles of the knowledge base: add, list, search, show, retire, remove.")
Reference = Annotated[str, typer.Argument(help="The name of the article, as `list` shows it.")]
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
}
ALLOWED = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@app.command("add")
def add_articles(
    files: Annotated[list[Path], typer.Argument(help="Markdown, HTML, PDF or text; a folder stands for its files.")],
    reference: Annotated[str, typer.Option(help="What error classes call it; by default the file's name.")] = "",
    title: Annotated[str, typer.Option(help="By default the document's own.")] = "",
    language: Annotated[str, typer.Option(help="ru, en, …")] = "",
    note: Annotated[str, typer.Option(help="What has changed.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Add articles; one that is there gets a new version, unless it says what it said before."""
    found = _documents(files)
    if reference and len(found) > 1:
        raise CliError("--reference names one article, and there are several files")
    said = {name: value for name, value in {"title": title, "note": note}.items() if value}
    named = [(path, reference or _reference(path)) for path in found]
    with open_gateway(url, key) as gateway:
        views = [_added(gateway, path, name, language, said, quiet=as_json) for path, name in named]
    added = [view for view in views if view]
    if as_json:
        print_json(added)
    if len(added) < len(found):
        raise NotAllSubmitted(f"{len(found) - len(added)} of {len(found)} were not added")


def _added(
    gateway: Gateway, path: Path, reference: str, language: str, said: dict[str, str], *, quiet: bool
) -> dict[str, Any] | None:
    try:
        known = gateway.article(reference)
        query = said | {"file_name": path.name}
        if known is None:
            query |= {"reference": reference} | ({"language": language} if language else {})
        article_id = known["id"] if known else None
        view = gateway.send_document(path, MEDIA_TYPES[path.suffix.lower()], query, article_id)
    except Refused as error:
        typer.echo(f"not added: {path}: {error}", err=True)
        return None
    if not quiet:
        is_same = known is not None and known["version"] == view["version"]
        typer.echo(
            f"{view['reference']}  version {view['version']}, {view['passages']} passages{', as it was' * is_same}"
        )
    return view


def _documents(given: list[Path]) -> list[Path]:
    """The files, those of folders included. Raises CliError for what is not there or not understood."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.suffix.lower() in MEDIA_TYPES and one.is_file())
        elif not path.is_file():
            raise CliError(f"there is no file {path}")
        elif path.suffix.lower() not in MEDIA_TYPES:
            raise CliError(f"{path} should end in one of {', '.join(MEDIA_TYPES)}")
        else:
            found.append(path)
    return found


def _reference(path: Path) -> str:
    name = re.sub(r"\s+", "-", path.stem.lower())
    if not ALLOWED.fullmatch(name):
        raise CliError(f"{path}: name the article with --reference (lower-case Latin letters, digits, `.`, `_`, `-`)")
    return name


@app.command("list")
def list_articles(
    search: Annotated[str, typer.Option(help="A part of a title or a reference.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """All articles, retired ones too."""
    with open_gateway(url, key) as gateway:
        found = list(gateway.articles({"search": search} if search else {}))
    if as_json:
        print_json(found)
        return
    for one in found:
        retired = "  retired" if one["state"] == "retired" else ""
        typer.echo(f"{one['reference']}  {one['title']}  version {one['version']}, {one['passages']} passages{retired}")


@app.command("search")
def search_passages(
    query: Annotated[str, typer.Argument(help='Words in any form; "…" is a phrase, -word excludes.')],
    language: Annotated[str, typer.Option(help="Only in articles of this language.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Passages of active articles, the best first."""
    asked = {"q": query, "limit": str(limit)} | ({"language": language} if language else {})
    with open_gateway(url, key) as gateway:
        found = gateway.search_passages(asked)
    if as_json:
        print_json(found)
        return
    for one in found["items"]:
        above = " › ".join([one["title"], *one["passage"]["headings"]])
        typer.echo(f"{one['reference']} {one['passage']['id']}  {above}\n{one['passage']['text']}\n")


@app.command("show")
def show_article(reference: Reference, url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Its newest version, passage by passage."""
    with open_gateway(url, key) as gateway:
        text = gateway.article_text(_known(gateway, reference)["id"])
    if as_json:
        print_json(text)
        return
    typer.echo(f"{text['article']['title']}  version {text['version']['version']}\n")
    for one in text["passages"]:
        typer.echo(f"{one['id']}  {' › '.join(one['headings'])}\n{one['text']}\n")


@app.command("gaps")
def list_gaps(
    looked_for: Annotated[bool, typer.Option("--looked-for", help="Only what the scorecard looks for.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Error classes without an active article: their comments cite nothing."""
    with open_gateway(url, key) as gateway:
        found = gateway.knowledge_gaps()
    items = [one for one in found["items"] if one["looked_for"] or not looked_for]
    if as_json:
        print_json(items)
        return
    for one in items:
        why = "names no article" if one["why"] == "none" else f"not there or retired: {', '.join(one['articles'])}"
        typer.echo(f"{one['error_class']}  {one['title']['en']}  {why}{'  looked for' * one['looked_for']}")
    typer.echo(f"{len(items)} of {found['classes']} classes without an article")


@app.command("stale")
def list_stale(
    judge_again: Annotated[bool, typer.Option("--judge-again", help="Judge their conversations again.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Articles with findings that cite what they say no more: changed, retired or removed since."""
    with open_gateway(url, key) as gateway:
        found = gateway.stale_articles()
        asked = _all_judged_again(gateway) if judge_again else None
    if as_json:
        print_json({"items": found} | ({"runs": asked} if judge_again else {}))
        return
    for one in found:
        counts = f"{one['findings']} findings in {one['conversations']} conversations"
        typer.echo(f"{one['reference']}  {one['title']}  {one['now']}  {counts}")
    if judge_again:
        typer.echo(f"{asked} conversations are judged again")


def _all_judged_again(gateway: Gateway) -> int:
    """How many runs were asked for, part by part."""
    asked = 0
    while True:
        told = gateway.judge_stale_again()
        asked += told["runs"]
        if not told["left"] or not told["runs"]:
            return asked


@app.command("retire")
def retire_article(
    reference: Reference,
    back: Annotated[bool, typer.Option("--back", help="Search it again.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Search it no more; what cites it still finds it."""
    with open_gateway(url, key) as gateway:
        state = "active" if back else "retired"
        typer.echo(
            f"{reference}  {gateway.change_article(_known(gateway, reference)['id'], {'state': state})['state']}"
        )


@app.command("remove")
def remove_article(reference: Reference, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """With all its versions, for good."""
    with open_gateway(url, key) as gateway:
        gateway.remove_article(_known(gateway, reference)["id"])
    typer.echo(f"{reference}  removed")


def _known(gateway: Gateway, reference: str) -> dict[str, Any]:
    found = gateway.article(reference)
    if found is None:
        raise CliError(f"there is no article {reference}; `auricle knowledge list` shows all")
    return found
