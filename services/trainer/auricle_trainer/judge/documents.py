"""What the models read. The base: dialogues with their marks noted behind them. The adapter: the rendered prompt and its JSON.

    base       call ⏎ T1 agent: … ⏎ T2 customer: … ⏎ <marks, a recital, or the JSON>
    adapter    chat messages from auricle_judging.render ─► JSON

Half of it is learnt with full weight: what stands behind the dialogue.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import DigestLine
from auricle_criteria import Library, Prompt
from auricle_judging import ChatMessage, Choices, Rendered, canonical, render
from auricle_judging.rendering import fold
from auricle_samples.dialogues import Dialogue, Evidence, generate
from auricle_samples.dialogues.noise import misheard

from auricle_trainer.judge import intents
from auricle_trainer.judge.answers import EvidenceCut, Place, answer, digest_lines, is_call
from auricle_trainer.judge.variation import varied

HEARD_SHARE = 0.35  # of the calls, as a recogniser writes them
MAX_WORD_ERROR_RATE = 0.2
VARIED_SHARE = 0.6
RECITAL_SHARE = 0.25  # of the base's documents only teach to find a turn by its label and to copy it
INVENTED_SHARE = 0.5  # of the recitals are of words that mean nothing, so that only copying helps
JSON_SHARE = 0.7  # of the others end with the JSON of a prompt, the rest with notes
INTENT_SHARE = 0.25  # of those, in both phases, answer the prompt `intent`
RECITED_TURNS, RECITED_WORDS = 5, 10
NOTE_WORDS = 3
Shown = Callable[[Dialogue], Sequence[DigestLine]]
CONSONANTS, VOWELS = "бвгджзклмнпрстфхцчшщ", "аеиоуыэюя"


@dataclass(frozen=True)
class Document:
    """Text that is read and text that is learnt with full weight."""

    read: str
    learnt: str


def heard(dialogue: Dialogue, rng: random.Random) -> tuple[Dialogue, bool]:
    """Some dialogues with words exchanged, some calls as a recogniser would write them; turns that noise emptied keep one word."""
    if rng.random() < VARIED_SHARE:
        dialogue = varied(dialogue, rng)
    if not is_call(dialogue) or rng.random() >= HEARD_SHARE:
        return dialogue, False
    rate = rng.random() * MAX_WORD_ERROR_RATE
    turns = tuple(turn.model_copy(update={"text": misheard(turn.text, rng, rate) or "а"}) for turn in dialogue.turns)
    return dialogue.model_copy(update={"turns": turns}), True


def base_document(seed: int) -> Document:
    """The base's document of a seed."""
    rng = random.Random(f"base {seed}")
    dialogue, noisy = heard(generate(seed, "train"), rng)
    if rng.random() < RECITAL_SHARE:
        return _recital(dialogue, rng)
    read = f"{dialogue.channel}\n" + "".join(f"T{turn.id} {turn.role}: {fold(turn.text)}\n" for turn in dialogue.turns)
    if rng.random() < JSON_SHARE:
        return Document(read, canonical(_either_answer(dialogue, rng, noisy)))
    return Document(read, _notes(dialogue, noisy))


def _either_answer(dialogue: Dialogue, rng: random.Random, noisy: bool) -> dict[str, object]:
    if rng.random() < INTENT_SHARE:
        return intents.answer(dialogue, heard=noisy)
    return answer(dialogue, rng, heard=noisy)


def _notes(dialogue: Dialogue, noisy: bool) -> str:
    """Every mark with its turn and its first words, in order."""
    place = Place(digest_lines(dialogue), noisy)
    found = [(seen.mark, place.of(Evidence(turn=seen.turn, quote=seen.quote))) for seen in dialogue.truth.seen]
    return "\n".join(f"{mark} {where['turn']} {' '.join(where['quote'].split()[:NOTE_WORDS])}" for mark, where in found)


def _recital(dialogue: Dialogue, rng: random.Random) -> Document:
    """A few turns, then the same turns in another order: label, then words."""
    first = rng.randrange(max(1, len(dialogue.turns) - RECITED_TURNS))
    chosen = dialogue.turns[first : first + RECITED_TURNS]
    said = [turn.text.split()[:RECITED_WORDS] for turn in chosen]
    if rng.random() < INVENTED_SHARE:
        said = [[_invented(rng) for _ in range(rng.randint(3, RECITED_WORDS))] for _ in chosen]
    lines = [f"T{turn.id} {turn.role}: {' '.join(words)}\n" for turn, words in zip(chosen, said, strict=True)]
    return Document("".join(lines), "".join(rng.sample(lines, len(lines))))


def _invented(rng: random.Random) -> str:
    return "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(1, 3)))


@dataclass(frozen=True)
class Asking:
    """The prompts as the product ships them, and the lists that may be chosen from."""

    evaluate: Prompt
    intent: Prompt
    choices: Choices
    protect: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> "Asking":
        """From the folder `prompts/`."""
        library = Library.read(folder)
        sales = library.scorecard("sales")
        return cls(library.prompts["evaluate"], library.prompts["intent"], sales.choices, sales.protect)

    def rendered(
        self, prompt: Prompt, dialogue: Dialogue, lines: Sequence[DigestLine] | None = None, shots: int | None = None
    ) -> Rendered:
        """A prompt as the scorer puts it for this dialogue; `lines` instead of the uncut turns."""
        shown = digest_lines(dialogue) if lines is None else lines
        return render(prompt, shown, channel=dialogue.channel, shots=shots, choices=self.choices)


def chat(messages: tuple[ChatMessage, ...]) -> str:
    """ChatML with the answer's turn opened: what the exported chat template makes of the messages."""
    said = "".join(f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n" for message in messages)
    return f"{said}<|im_start|>assistant\n"


def adapter_document(asking: Asking, seed: int, shown: Shown = digest_lines, labels_of: int | None = None) -> Document:
    """The adapter's document of a seed: what `shown` leaves of the dialogue, or all of it where that has lost the evidence.

    `labels_of` gives it another dialogue's labels (the shuffled-labels baseline).
    """
    rng = random.Random(f"adapter {seed}")
    dialogue, noisy = heard(generate(seed, "train"), rng)
    is_intent = labels_of is None and rng.random() < INTENT_SHARE
    prompt = asking.intent if is_intent else asking.evaluate

    def wanted(lines: Sequence[DigestLine]) -> dict[str, object]:
        if is_intent:
            return intents.answer(dialogue, heard=noisy, lines=lines)
        return answer(dialogue, rng, heard=noisy, lines=lines)

    lines = shown(dialogue)
    try:
        target = wanted(lines)
    except EvidenceCut:
        lines = digest_lines(dialogue)
        target = wanted(lines)
    if labels_of is not None:
        target = _with_values(target, answer(generate(labels_of, "train"), rng))
    return Document(chat(asking.rendered(prompt, dialogue, lines).messages), canonical(target))


def _with_values(own: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """`own` evidence with the reasoning and the values of `other`."""
    mixed: dict[str, object] = {"reasoning": other["reasoning"]}
    for name in ("politeness", "objection_handling", "sale_chance", "stage"):
        mine, theirs = own[name], other[name]
        assert isinstance(mine, dict)
        assert isinstance(theirs, dict)
        mixed[name] = mine | {"value": theirs["value"]} if "value" in mine and "value" in theirs else mine
    return mixed
