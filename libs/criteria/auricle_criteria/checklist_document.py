"""The checklist as a page: `python -m auricle_criteria.checklist_document > docs/checklist.md`, run from the repository's root."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from auricle_criteria.classes import CATEGORY_TITLES, Category, ErrorClass, read_classes

_HEAD = """\
# The checklist

<!-- Generated: python -m auricle_criteria.checklist_document > docs/checklist.md -->

{total} error classes in {categories} categories, a file each in [`prompts/classes/`](../prompts/classes).

A scorecard chooses classes (`checklist`): all that are `live`, and `experimental` ones that it names. They are looked for by its flow
([`prompts/flows/`](../prompts/flows)), and what is found becomes a finding with its quotes, agent, severity and comment. What a
class came to (found, not found, no opportunity, undetermined and why) stands in the evaluation. A finding of an experimental class
says so and counts towards no score.

`auricle bench checklist --data FILE` measures classes on labelled dialogues. No class that a prompt finds is live: the shipped judge
was never trained on such questions. What a larger model is worth says the same command with `--model-url http://…/v1`.

A class is one question about one mistake of the agent. It says what is and what is not that mistake, when it can occur
at all (`opportunity`: whose words, channels, and what must have happened before), how much it matters, and has at least four examples on
each side of its border. `at` numbers the lines where the mistake shows; in a negative, where it seems to.
The examples are ours, written for the file; they are no measurement.

| word | meaning |
|---|---|
| `planned` | nothing finds it |
| `experimental` | something finds it, or the fact that it rests on (`rule`); not measured well enough: off unless a scorecard names it |
| `live` | found, with figures above the floor: by rule F1 0.95 and more on held-out dialogues ([evidence](evidence/checklist.json)) |
| found by `rule`, `prompt`, `both` | who is to find it; `both`: a rule proposes, a prompt decides |
| `fatal` | the conversation fails whatever else it scores |

`articles` of the shipped classes are empty: each workspace has articles of its own. A version of a class that names some is published
through the [registry](registry.md); its findings cite them ([knowledge.md](knowledge.md)).

`auricle_criteria.check_classes(Path("prompts"))` lists what is wrong with the files: two questions in one definition, a number that no
rule measures, a rule that does not exist, an example that stands twice, positives that are negatives, an id that is not the file's
name. The reader itself refuses a class without an opportunity, without four examples a side, or with a language missing.
"""
_COLUMNS = (
    "| id | error | ошибка | channels | severity | found by | rule | state |\n|---|---|---|---|---|---|---|---|\n"
)


def page(classes: Mapping[str, ErrorClass]) -> str:
    """docs/checklist.md, whole."""
    per_category = Counter(error_class.category for error_class in classes.values())
    head = _HEAD.format(total=len(classes), categories=len(per_category))
    return head + "".join(_section(category, classes.values()) for category in Category if per_category[category])


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
    sys.stdout.write(page(read_classes(Path("prompts"))))
