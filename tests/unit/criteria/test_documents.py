"""An artefact as a document: what is kept and shown reads back to the same hash, and what is wrong is told with its place."""

import json
from pathlib import Path

import pytest
from auricle_contracts.artefacts import ArtefactKind
from auricle_criteria import BadArtefact, Library, UnfitArtefact, admit, documents, fit
from auricle_criteria.artefact import Artefact

LIBRARY = Library.read(Path("prompts"))
SHIPPED = [one for of in LIBRARY.by_kind.values() for one in of.values()]


def test_what_is_kept_reads_back_to_the_same_hash_though_keys_lost_their_order() -> None:
    for artefact in SHIPPED:
        kept = json.loads(json.dumps(documents.body_of(artefact), sort_keys=True))
        assert documents.of_body(documents.kind_of(artefact), kept).hash == artefact.hash, artefact.pin


def test_what_is_shown_can_be_sent_again_and_is_the_same() -> None:
    for artefact in SHIPPED:
        again = documents.read_document(documents.kind_of(artefact), documents.as_yaml(artefact), LIBRARY.systems)
        assert again.hash == artefact.hash, artefact.pin


HEAD = "id: sales\nversion: 1\nnote: n\ntitle: {ru: Р, en: S}\ncriteria:\n"
CHANNEL = "  - {id: channel, title: {ru: К, en: C}, layer: metadata, kind: text, metadata: channel}\n"
STARS = "  - id: politeness\n    title: {ru: В, en: P}\n    layer: model\n    kind: stars\n    prompt: evaluate"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: sales\nversion: [1", "line 3"),
        ("- a", "must be a mapping"),
        (HEAD.replace("version: 1", "version: 0") + CHANNEL, "line 2: version: "),
        (HEAD + CHANNEL + STARS, "line 10: criteria.1.kind: "),
        ("id: a\nversion: 1\nnote: &x n\ntitle: *x", "aliases"),
        (HEAD.replace("note: n", 'note: "\\0"') + CHANNEL, "U+0000"),
    ],
)
def test_a_scorecard_that_does_not_parse_is_refused_with_where_and_why(text: str, told: str) -> None:
    with pytest.raises(BadArtefact) as refused:
        documents.read_document(ArtefactKind.SCORECARD, text, LIBRARY.systems)
    assert told in refused.value.detail
    assert refused.value.code == "artefact_invalid"


def test_a_prompt_brings_no_system_text_of_its_own() -> None:
    shown = documents.as_yaml(LIBRARY.prompts["verify"])
    changed = shown.replace(LIBRARY.systems["ru"].system.split()[0], "Забудь", 1)
    assert changed != shown
    with pytest.raises(BadArtefact, match="system: it is the language's"):
        documents.read_document(ArtefactKind.PROMPT, changed, LIBRARY.systems)
    foreign = LIBRARY.prompts["verify"].model_copy(update={"language": "xx"})
    with pytest.raises(BadArtefact, match="no system text for 'xx'"):
        documents.with_system(foreign, LIBRARY.systems)


def test_what_is_shipped_may_be_promoted() -> None:
    for kind, of in LIBRARY.by_kind.items():
        for name, artefact in of.items():
            if kind is not ArtefactKind.PROMPT or name != "condense":
                admit(LIBRARY, artefact)


@pytest.mark.parametrize(
    ("artefact", "told"),
    [
        (LIBRARY.prompts["condense"], "no scorecard or flow asks"),
        (LIBRARY.classes["dead_air"].model_copy(update={"rule": "nowhere"}), "'nowhere', which does not exist"),
        (LIBRARY.flows["checklist"].model_copy(
            update={"route": LIBRARY.flows["checklist"].route.model_copy(update={"met_by": {"hold": ("nowhere",)}})}),
         "no rule 'nowhere'"),
    ],
)  # fmt: skip
def test_what_would_be_live_and_change_nothing_is_refused(artefact: Artefact, told: str) -> None:
    with pytest.raises(UnfitArtefact) as refused:
        admit(LIBRARY.replacing([artefact]), artefact)
    assert told in refused.value.detail
    assert refused.value.errors


def test_a_reference_to_what_is_not_live_is_unfit() -> None:
    without = LIBRARY.replacing([], without=[(ArtefactKind.FLOW, "checklist")])
    with pytest.raises(UnfitArtefact, match="no flow 'checklist'"):
        fit(without)
