"""docs/operations.md says what every alert means and what to do; nobody is paged by a name without a section."""

import re

import pytest
from manifests.checks.observing import rules_of
from manifests.checks.references import secret_keys
from manifests.release import ROOT, Release

HEADING = re.compile(r"^#{2,4} (.+)$", re.MULTILINE)
LITERAL = re.compile(r"--from-literal=([a-z-]+)=")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def unexplained(release: Release, page: str) -> list[str]:
    """Alerts whose runbook leads nowhere on the page, or to a section without anything to do."""
    sections = dict(zip(map(anchor, HEADING.findall(page)), HEADING.split(page)[2::2], strict=True))
    found = []
    for _, rule in rules_of(release):
        if "alert" in rule:
            runbook = str(rule["annotations"].get("runbook_url") or rule["annotations"].get("runbook"))
            if len(sections.get(runbook.rpartition("#")[2], "").split()) < 15:
                found.append(rule["alert"])
    return found


def test_each_alert_has_its_section(releases: dict[str, Release]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert unexplained(releases["eks"], page) == []


def test_an_alert_without_a_section_is_found(healthy: Release) -> None:
    assert unexplained(healthy, "# Operations\n\n## QueueOld\n\nWait.\n") == ["QueueOld"]
    assert unexplained(healthy, "# Operations\n\n## QueueOld\n\n" + "Look at the workers. " * 5) == []


def forgotten(release: Release, page: str) -> set[str]:
    """Keys of the Secret that the chart reads and that the steps do not make."""
    return {key for _, _, key in secret_keys(release)} - set(LITERAL.findall(page))


def test_the_steps_make_every_key_of_the_secret(releases: dict[str, Release]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert forgotten(releases["eks"], page) == set()
    assert forgotten(releases["eks"], page.replace("=masking-keys=", "=masking-kyes=")) == {"masking-keys"}


@pytest.mark.usefixtures("chart")
@pytest.mark.parametrize(
    "name",
    [
        "docs/operations.md",
        "karpenter/README.md",
        "k8s/README.md",
        "keda/README.md",
        "charts/auricle/README.md",
        "tests/manifests/README.md",
    ],
)
def test_local_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [one for one in links if not (page.parent / one).exists()] == []
