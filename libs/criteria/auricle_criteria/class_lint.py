"""What a well-formed error class can still have wrong: two questions in one, a number nobody measures, examples that tell nothing apart."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from auricle_criteria.classes import ClassState, ErrorClass
from auricle_criteria.errors import BadArtefact
from auricle_criteria.yaml_files import parse

_BOTH = re.compile(r"\b(?:и/или|and/or)\b", re.IGNORECASE)
# Past tense in Russian, a repeated auxiliary in English; two bare English verbs would need a tagger, and the Russian twin tells.
_SECOND_VERB = {
    "ru": re.compile(r"\b(?:и|или|а также)\s+(?:не\s+)?\w{2,}(?:л|ла|ли|лся|лась|лись)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:and|or)\s+(?:did|does|do|was|were|is|are|has|have|had)\b", re.IGNORECASE),
}
_LI = re.compile(r"\bли\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:двух|трёх|пяти|десяти|двадцати|тридцати|двумя|тремя|пятью|десятью"
    r"|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|sixty)\b",
    re.IGNORECASE,
)


def check_classes(prompts: Path) -> list[str]:
    """Every fault of the classes under `classes/` of the folder, each with the file's name; empty where all is well."""
    paths = sorted((prompts / "classes").glob("**/*.yaml"))
    rules = {path.stem for path in (prompts / "detectors").glob("*.yaml")}
    faults: list[str] = [] if paths else ["there is no class under classes/"]
    read: list[ErrorClass] = []
    for path in paths:
        try:
            error_class = parse(ErrorClass, path.read_text(encoding="utf-8"), path.name)
        except BadArtefact as error:
            faults.append(str(error))
            continue
        read.append(error_class)
        faults += [f"{path.name}: {fault}" for fault in (*_place(path, error_class), *faults_of(error_class, rules))]
    return [*faults, *_repeated(read)]


def _place(path: Path, error_class: ErrorClass) -> Iterator[str]:
    if path.stem != error_class.id:
        yield f"declares the id {error_class.id!r}"
    if path.parent.name != error_class.category:
        yield f"declares the category {error_class.category.value!r} in the folder {path.parent.name!r}"


def faults_of(error_class: ErrorClass, rules: AbstractSet[str]) -> Iterator[str]:
    """What one class has wrong by itself; `rules` are the detectors that there are."""
    for language in ("ru", "en"):
        yield from _definition(
            language, getattr(error_class.definition, language), measured=error_class.rule is not None
        )
    if error_class.rule is not None and error_class.rule not in rules:
        yield f"names the detector {error_class.rule!r}, which does not exist"
    if error_class.state is ClassState.EXPERIMENTAL and error_class.rule is None:
        yield "is experimental, but names nothing that finds it"
    if {example.words for example in error_class.positives} & {example.words for example in error_class.negatives}:
        yield "the same example is a positive and a negative"


def _definition(language: str, text: str, *, measured: bool) -> Iterator[str]:
    if text.count("?") != 1 or not text.endswith("?"):
        yield f"definition.{language} must be one question"
    if _BOTH.search(text) or _SECOND_VERB[language].search(text) or len(_LI.findall(text)) > 1:
        yield f"definition.{language} asks two questions in one"
    if not measured and _NUMBER.search(text):
        yield f"definition.{language} names a number that no rule measures"


def _repeated(classes: Iterable[ErrorClass]) -> Iterator[str]:
    """An example that stands twice, in one class or in two. A positive that is a negative of its own class is told elsewhere."""
    first: dict[tuple[tuple[str, str], ...], str] = {}
    for error_class in classes:
        for side, examples in (("positives", error_class.positives), ("negatives", error_class.negatives)):
            for number, example in enumerate(examples, 1):
                here = f"{error_class.id}.{side}[{number}]"
                if example.words in first:
                    yield f"{here} is the same example as {first[example.words]}"
                first.setdefault(example.words, here)
