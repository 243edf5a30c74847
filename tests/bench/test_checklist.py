"""`auricle bench checklist`: what the detectors find of labelled errors, per class and channel, beside floors that cost nothing.

AURICLE_BENCH_DATA   files of labelled dialogues, by ":" (a shipped set where it is empty)
AURICLE_BENCH_SET    the shipped set: `development` (detectors were written beside it), or `second`, `third`, `fourth`, `fifth` (by other
                     hands; `fourth` has labels only for classes that a rule is to find, alone or beside a prompt, `fifth` for these and
                     for `blame`, `excess_data_asked`, `refusal_without_alternative`)
AURICLE_BENCH_MODEL  a model server's address ending in /v1: classes that only a prompt finds are asked there, through the scorer's flow
AURICLE_BENCH_FLOOR  `no`: the floor of words is not learnt
AURICLE_BENCH_OUT    where the figures are written as JSON (empty: printed only)

Rules answer in this process. The floor of words is TF-IDF with logistic regression, each fold judged by the other nine: it has nine
tenths of the labels, which no detector has; it needs the bench extra (`make bench-setup`), and is left out without it.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import auricle_samples
import pytest
from auricle_contracts import Detection, RulesRequest
from auricle_criteria import ErrorClass, read_classes
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from bench import checklist_model
from bench.checklist_figures import FEWEST, ClassFigures, Judged, figures

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
PROMPTS = Path("prompts")
WRITTEN = Path(auricle_samples.__file__).parent / "dialogues" / "written"
SETS = {
    "development": WRITTEN / "classes_heldout.jsonl",
    "second": WRITTEN / "classes_second.jsonl",
    "third": WRITTEN / "classes_third.jsonl",
    "fourth": WRITTEN / "classes_fourth.jsonl",
    "fifth": WRITTEN / "classes_fifth.jsonl",
}
FOLDS, SEED = 10, 7


def data_files() -> list[Path]:
    """The files that the caller names, else the shipped set."""
    named = os.environ.get("AURICLE_BENCH_DATA", "")
    return [Path(name) for name in named.split(":")] if named else [SETS[_set()]]


def _set() -> str:
    return os.environ.get("AURICLE_BENCH_SET", "") or "development"


def by_rules(rules: RuleSet, dialogue: MarkedDialogue) -> Mapping[str, Detection]:
    """What the rules say of every class that they decide."""
    known = {"company": dialogue.company, "customer_name": dialogue.customer_name}
    request = RulesRequest(
        transcript=dialogue.transcript(),
        channel=dialogue.channel,
        metadata={name: value for name, value in known.items() if value is not None},
        classes=None,
    )
    return {one.error_class: one for one in rules.answer(request).detections}


async def by_prompts(
    dialogues: Sequence[MarkedDialogue], classes: Mapping[str, ErrorClass]
) -> Mapping[str, Mapping[str, Detection]]:
    """What the flow says, by dialogue; nothing where no model is named."""
    url = os.environ.get("AURICLE_BENCH_MODEL", "")
    if not url:
        return {}
    name = os.environ.get("AURICLE_BENCH_MODEL_NAME", "judge")
    async with checklist_model.flow(url, name, classes.values()) as judge:
        return {one.id: await judge(one) for one in dialogues}


def by_words(error_class: ErrorClass, dialogues: Sequence[MarkedDialogue]) -> list[bool] | None:
    """What a linear classifier says, cross-validated; None where it is not installed or asked for, or a fold had nothing to learn from."""
    there = [error_class.id in one.classes for one in dialogues]
    if os.environ.get("AURICLE_BENCH_FLOOR") == "no" or find_spec("sklearn") is None:
        return None
    if min(sum(there), len(there) - sum(there)) < FEWEST:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        LogisticRegression(C=10, solver="liblinear", class_weight="balanced"),
    )
    folds = StratifiedKFold(min(FOLDS, sum(there)), shuffle=True, random_state=SEED)
    texts = ["\n".join(f"{role.value}: {text}" for role, text in one.turns) for one in dialogues]
    return [bool(said) for said in cross_val_predict(model, texts, there, cv=folds)]


def line(one: ClassFigures) -> str:
    """A row of the table."""
    counts, few = one.counts, "  too few to tell" if one.counts.too_few else ""
    cells = [_share(one.precision), _share(one.recall), _share(one.f1), _pair(one.f1_95)]
    floors = [_share(one.floor_constant), _share(one.floor_tfidf)]
    return (
        f"{one.error_class:28} {one.channel:5} {one.state:12} {counts.dialogues:4} {counts.opportunities:4}"
        f" {counts.right + counts.missed:4} {counts.right:3} {counts.false:3} {counts.missed:3} {counts.placed:3}"
        f" {' '.join(f'{cell:>9}' for cell in cells)} {one.false_per_1000:6.0f} {' '.join(f'{cell:>5}' for cell in floors)}{few}"
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _pair(value: tuple[float, float] | None) -> str:
    return "–" if value is None else f"{value[0]:.2f}-{value[1]:.2f}"


HEAD = (
    f"{'class':28} {'chan.':5} {'state':12} {'n':>4} {'opp.':>4} {'real':>4} {'tp':>3} {'fp':>3} {'fn':>3} {'at':>3}"
    f" {'precision':>9} {'recall':>9} {'f1':>9} {'95 %':>9} {'/1000':>6} {'const':>5} {'words':>5}"
)


def test_checklist() -> None:
    dialogues = [one for path in data_files() for one in read_marked(path)]
    classes = read_classes(PROMPTS)
    assert dialogues, "no labelled dialogues"
    strange = {name for one in dialogues for name in one.classes} - set(classes)
    assert not strange, f"labels of classes that do not exist: {sorted(strange)}"
    languages, detector = Languages.load(PROMPTS), Detector.load(PROMPTS)
    rules = RuleSet.read(PROMPTS / "rules", languages, detector, 0.0)
    by_model = asyncio.run(by_prompts(dialogues, classes))
    judged = [Judged(one, {**by_model.get(one.id, {}), **by_rules(rules, one)}) for one in dialogues]
    looked = {name for one in judged for name in one.detections}
    table = [
        row
        for error_class in classes.values()
        if error_class.id in looked or any(error_class.id in one.classes for one in dialogues)
        for row in figures(error_class, judged, by_words(error_class, dialogues) if error_class.id in looked else None)
    ]
    print("", f"{len(dialogues)} dialogues, {len(looked)} classes looked for", HEAD, *map(line, table), sep="\n")
    _write(dialogues, table)


def _write(dialogues: Sequence[MarkedDialogue], table: Sequence[ClassFigures]) -> None:
    out = os.environ.get("AURICLE_BENCH_OUT", "")
    if out:
        facts = {
            "command": "auricle bench checklist"
            + ("" if os.environ.get("AURICLE_BENCH_DATA") else f" --set {_set()}")
            + (" --no-floor" if os.environ.get("AURICLE_BENCH_FLOOR") == "no" else ""),
            "date": datetime.now(UTC).date().isoformat(),
            "dialogues": len(dialogues),
            "fewest": FEWEST,
            "classes": [row.as_json() for row in table],
        }
        Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
