"""`auricle search`: conversations by what was said, and by how they were judged."""

from typing import Annotated, Any

import typer
from auricle_contracts import ListedConversation, TextMatch
from rich.text import Text

from auricle_cli import showing
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

MOST = 200


def search(
    words: Annotated[
        str, typer.Argument(help='Words in any form; "…" for a phrase, `or`, `-word` to leave out. Empty: any.')
    ] = "",
    answer: Annotated[
        list[str] | None, typer.Option(help="politeness<50, stage=closing, politeness:undetermined, politeness~0.6.")
    ] = None,
    error_class: Annotated[list[str] | None, typer.Option("--class", help="An error of this class was found.")] = None,
    agent: Annotated[str, typer.Option(help="A part of the agent's reference or name.")] = "",
    line: Annotated[str, typer.Option(help="A part of the line's name.")] = "",
    since: Annotated[str, typer.Option(help="A day or a moment (ISO 8601).")] = "",
    until: Annotated[str, typer.Option(help="A day, which is included, or a moment, which is not.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many, the newest first.")] = 25,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Find conversations by what was said and how it was judged; personal data is hidden, and found by nobody."""
    query: dict[str, Any] = {"text": words, "agent": agent, "line": line, "since": since, "until": until}
    query |= {"answer": answer or [], "error_class": error_class or [], "limit": str(limit)}
    with open_gateway(url, key) as gateway:
        found = gateway.search({name: value for name, value in query.items() if value})
    if as_json:
        print_json(found)
        return
    console = showing.console(as_json=False)
    for one in found:
        console.print(_lines(one))
    if not found:
        console.print("nothing found")


def _lines(one: ListedConversation) -> Text:
    when = (one.started_at or one.created_at).strftime("%Y-%m-%d %H:%M")
    shown = Text(f"{one.external_id or one.id}", style="bold").append(
        f"  {when}  {one.channel.value}  {showing.agent_name(one)}  {one.id}", style="dim"
    )
    for turn in one.matches.turns if one.matches else ():
        shown.append("\n").append_text(_turn(turn))
    left = one.matches.total - len(one.matches.turns) if one.matches else 0
    return shown.append(f"\n    and {left} more turns", style="dim") if left else shown


def _turn(turn: TextMatch) -> Text:
    at = "" if turn.start_ms is None else f" {showing.clock(turn.start_ms)}"
    begun = f"    {turn.role.value}{at}: "
    shown = Text(begun + turn.text)
    for mark in turn.marks:
        shown.stylize("bold yellow", len(begun) + mark.start, len(begun) + mark.end)
    return shown
