"""One HTML file with its styles and scripts inside, allowed by their hashes in a policy of its own."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from auricle_console.formatting import zone_name
from auricle_console.report.sound import Sound
from auricle_console.views.agents import AgentTable
from auricle_console.views.conversation import ConversationPage
from auricle_console.views.ledger import add
from auricle_console.views.listing import Listing
from auricle_console.wording import Wording

POLICY_ON_DISK = "default-src 'none'; sandbox"  # for the answer itself: a download, not a page of this origin
STYLES = ("tokens.css", "base.css", "tables.css", "review.css")
SCRIPTS = ("player.js", "review.js", "report.js")


@dataclass(frozen=True)
class Entry:
    """A conversation of the report with its audio."""

    page: ConversationPage
    sound: Sound


@dataclass(frozen=True)
class Asset:
    """A file of ours as it stands in the page, and the hash that allows it."""

    text: Markup
    hash: str


def document(
    templates: Environment,
    words: Wording,
    *,
    entries: Sequence[Entry],
    listing: Listing,
    agents: AgentTable,
    made_at: datetime,
) -> str:
    """The whole file."""
    style, script = asset(STYLES), asset(SCRIPTS)
    times = [one.page.material.view.started_at or one.page.material.view.created_at for one in entries]
    costs = [line for one in entries if one.page.material.report for line in one.page.material.report.costs]
    return templates.get_template("report.html").render(
        words=words,
        entries=entries,
        listing=listing,
        agents=agents,
        made_at=made_at,
        first=min(times),
        last=max(times),
        zone=zone_name(words),
        total=add(costs),
        demo_weights=any(one.page.demo_weights for one in entries),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def asset(names: Sequence[str]) -> Asset:
    """Files of `static/` joined. They are ours: none holds the end tag that would close its element."""
    text = "\n".join((files("auricle_console") / "static" / name).read_text(encoding="utf-8") for name in names)
    assert "</" not in text.replace("</svg", ""), "an asset would end its own element"
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Asset(Markup(text), f"'sha256-{digest}'")  # noqa: S704 (our own file, not input)


def policy(style: Asset, script: Asset) -> str:
    """Nothing but this style, this script and what is inside the file."""
    return (
        f"default-src 'none'; style-src {style.hash}; script-src {script.hash}; "
        "media-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )
