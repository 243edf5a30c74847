"""The checklist as a page: `python -m auricle_criteria.checklist_document > docs/checklist.md`, run from the repository's root."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from auricle_criteria.classes import CATEGORY_TITLES, Category, ErrorClass, read_classes

_HEAD = """\
# The checklist

<!-- Generated: python -m auricle_criteria.checklist_document > docs/checklist.md -->

{total} error classes in {categories} categories, a file each in [`prompts/classes/`](../prompts/classes).

A scorecard chooses classes (`checklist`): all that are `live`, and `experimental` ones that it names. They are looked for by its flow
([`prompts/flows/`](../prompts/flows)), and what is found becomes a finding with its quotes, agent, severity and comment. What a
class came to (found, not found, no opportunity, undetermined and why) stands in the evaluation. A finding of an experimental class
says so and counts towards no score.

`auricle bench checklist --set fifth` measures classes that a rule is to find on labelled dialogues by another hand ([below](#measured));
`--set fourth` does so on an older set, `--set third` and `second` measure all classes, `--data FILE` does on yours; `--no-floor` leaves out
the classifier of words, which takes minutes.
What the flow's steps are worth: [flow.md](flow.md).
No class that a prompt finds is live: the shipped judge
was never trained on such questions. What a larger model is worth says the same command with `--model-url http://…/v1`.

A class is one question about one mistake of the agent. It says what is and what is not that mistake, when it can occur
at all (`opportunity`: whose words, channels, and what must have happened before), how much it matters, and has at least four examples on
each side of its border. `at` numbers the lines where the mistake shows; in a negative, where it seems to.
The examples are ours, written for the file; they are no measurement.

| word | meaning |
|---|---|
| `planned` | nothing finds it |
| `experimental` | something finds it, or the fact that it rests on (`rule`); not measured well enough: off unless a scorecard names it |
| `live` | found: by rule, F1 0.95 and more on the newest set that no author of a detector has read (the rule is below) |
| found by `rule`, `prompt`, `both` | who is to find it; `both`: a rule proposes, a prompt decides |
| `fatal` | the conversation fails whatever else it scores |

A class that a rule finds becomes live when its F1 is 0.95 and more on the newest set that no author of a detector has read
([fifth](evidence/checklist-fifth.json)), with five errors or more in it, and no older set, asked again with the detectors of now
([fourth](evidence/checklist-fourth-again.json), [third](evidence/checklist-third-again.json),
[second](evidence/checklist-second-again.json)),
has its 95 % interval of F1 below 0.95. The older sets were read after they were measured, and detectors were mended beside them: asked
again they can refute a class and confirm none. Their figures below are from before that, by older detectors. A class that does not keep
this on a newer set is experimental again: of the eight that the fourth set made live, five fell on the fifth. The goal, 30 classes by
rule, is missed.

`articles` of the shipped classes are empty: each workspace has articles of its own. A version of a class that names some is published
through the [registry](registry.md); its findings cite them ([knowledge.md](knowledge.md)).

`auricle_criteria.check_classes(Path("prompts"))` lists what is wrong with the files: two questions in one definition, a number that no
rule measures, a rule that does not exist, an example that stands twice, positives that are negatives, an id that is not the file's
name. The reader itself refuses a class without an opportunity, without four examples a side, or with a language missing.
"""
_COLUMNS = (
    "| id | error | ошибка | channels | severity | found by | rule | state |\n|---|---|---|---|---|---|---|---|\n"
)


_MEASURED = """
## {title}

{dialogues} dialogues by another hand than the detectors', whose texts no author of a detector had read; {date}, `{command}`.
{note}
`n` are dialogues of the class's channels, `real` those with the error; F1 with its 95 % interval (bootstrap over dialogues); false alarms
per 1,000 dialogues; F1 and real ones of each channel, in brackets where a channel has too few (under five with or without) to tell.

| class | state | n | opp. | real | found | false | missed | precision | recall | F1 | 95 % | /1,000 | by channel |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


EVIDENCE = {
    "checklist-fifth": "Measured",
    "checklist-fourth": "Measured on the fourth set",
    "checklist-third": "Measured on the third set",
    "checklist": "Measured on the second set",
}
"""What stands on the page, by its file in docs/evidence, the newest set first."""
AGAIN = ("checklist-fourth-again", "checklist-third-again", "checklist-second-again")
"""The older sets with the detectors of now: files in docs/evidence that can refute a class."""


def page(classes: Mapping[str, ErrorClass], evidence: Mapping[str, Mapping[str, Any]]) -> str:
    """docs/checklist.md, whole. `evidence`: the content of each file of `EVIDENCE`."""
    per_category = Counter(error_class.category for error_class in classes.values())
    head = _HEAD.format(total=len(classes), categories=len(per_category))
    sections = "".join(_section(category, classes.values()) for category in Category if per_category[category])
    measured = "".join(
        _MEASURED.format(title=title, **evidence[name]) + "".join(_figures(classes, evidence[name]["classes"]))
        for name, title in EVIDENCE.items()
    )
    return head + sections + measured


def _figures(classes: Mapping[str, ErrorClass], rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """A row for each class that a rule serves, the best first."""
    own: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["error_class"] in classes and classes[row["error_class"]].rule:
            own.setdefault(row["error_class"], []).append(row)
    whole = {name: next((row for row in of if row["channel"] == "all"), of[0]) for name, of in own.items()}
    for name in sorted(whole, key=lambda name: (-(whole[name]["f1"] or 0), name)):
        yield _measured(whole[name], classes[name].state.value, [row for row in own[name] if row is not whole[name]])


def _measured(row: Mapping[str, Any], state: str, channels: Sequence[Mapping[str, Any]]) -> str:
    counts = row["counts"]
    cells = (
        f"`{row['error_class']}`",
        state,
        *(str(counts[name]) for name in ("dialogues", "opportunities")),
        str(counts["right"] + counts["missed"]),
        *(str(counts[name]) for name in ("right", "false", "missed")),
        *(_share(row[name]) for name in ("precision", "recall", "f1")),
        "too few to tell" if row["f1_95"] is None else "-".join(map(_share, row["f1_95"])),
        f"{row['false_per_1000']:.0f}",
        ", ".join(map(_by_channel, channels)) or row["channel"],
    )
    return f"| {' | '.join(cells)} |\n"


def _by_channel(row: Mapping[str, Any]) -> str:
    told = f"{row['channel']} {_share(row['f1'])} of {row['counts']['right'] + row['counts']['missed']}"
    return f"({told})" if row["too_few_to_tell"] else told


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _section(category: Category, classes: Iterable[ErrorClass]) -> str:
    title = CATEGORY_TITLES[category]
    rows = "".join(_row(error_class) for error_class in classes if error_class.category is category)
    return f"\n## {title.en} · {title.ru}\n\n`{category.value}`\n\n{_COLUMNS}{rows}"


def _row(error_class: ErrorClass) -> str:
    cells = (
        f"`{error_class.id}`",
        error_class.title.en,
        error_class.title.ru,
        ", ".join(error_class.opportunity.channels),
        f"{error_class.severity.value}{', fatal' if error_class.fatal else ''}",
        error_class.found_by.value,
        f"`{error_class.rule}`" if error_class.rule else "",
        error_class.state.value,
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    _READ = {name: json.loads(Path(f"docs/evidence/{name}.json").read_text("utf-8")) for name in EVIDENCE}
    sys.stdout.write(page(read_classes(Path("prompts")), _READ))
