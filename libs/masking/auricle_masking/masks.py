"""One conversation masked: its turns with the way back, its reverse map, and what to do with quotes and free words about it.

original turn ── mask ──► shown turn ── the model's quote ── restore ──► original turn, span, ms
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from auricle_contracts import Quote, Role, Span, Transcript, Turn, Word
from auricle_contracts.alignment import word_spans
from auricle_contracts.masking import PLACEHOLDER, PersonalKind, Secrets
from auricle_kit.intervals import Interval, union

from auricle_masking.detection import Detector
from auricle_masking.hits import Hit
from auricle_masking.offsets import MaskedText, Piece
from auricle_masking.placeholders import PlaceholderRegistry


@dataclass(frozen=True)
class Mask:
    """What was hidden in one conversation. `by_turn` holds only turns in which something was."""

    original: Transcript
    transcript: Transcript
    secrets: Secrets
    by_turn: Mapping[int, MaskedText]
    detector: Detector = field(repr=False)
    kinds: frozenset[PersonalKind] = frozenset(PersonalKind)

    @cached_property
    def _turns(self) -> dict[int, Turn]:
        return {turn.id: turn for turn in self.original.turns}

    def restored(self, quote: Quote) -> Quote:
        """A quote from the masked transcript as one of the original: its own words, span and ms."""
        masked, turn = self.by_turn.get(quote.turn), self._turns.get(quote.turn)
        if masked is None or turn is None:
            return quote
        span = masked.original(quote.span)
        return quote.model_copy(update={"span": span, "text": turn.text[span.start : span.end]})

    def shown(self, quote: Quote) -> Quote:
        """A quote from the original as one of the masked transcript; one of an unknown turn is masked as free words."""
        if quote.turn not in self._turns:
            return quote.model_copy(update={"text": self.words(quote.text)})
        masked = self.by_turn.get(quote.turn)
        if masked is None:
            return quote
        span = masked.shown(quote.span)
        return quote.model_copy(update={"span": span, "text": masked.text[span.start : span.end]})

    def words(self, text: str) -> str:
        """Free words about the conversation: what is known of it is hidden again, and what looks personal is too."""
        if not text.strip():
            return text
        return (
            mask(_alone(text, self.original), self.detector, kinds=self.kinds, seed=self.secrets)
            .transcript.turns[0]
            .text
        )

    def revealed(self, text: str) -> str:
        """Placeholders replaced by what they stand for."""
        return revealed(text, self.secrets)


def mask(
    transcript: Transcript,
    detector: Detector,
    *,
    kinds: Iterable[PersonalKind] = tuple(PersonalKind),
    seed: Secrets | None = None,
) -> Mask:
    """The conversation masked. `seed` is an earlier reverse map: what it knows keeps its placeholder."""
    chosen = frozenset(kinds)
    found = detector.find(transcript.turns, chosen, seed, transcript.language)
    language = (
        seed.language
        if seed
        else detector.language_of(" ".join(turn.text for turn in transcript.turns), transcript.language)
    )
    registry = PlaceholderRegistry(detector.pack(language), seed)
    by_turn = _by_turn(transcript, found.hits, registry)
    turns = tuple(_turn(turn, by_turn.get(turn.id)) for turn in transcript.turns)
    secrets = Secrets(language=language, secrets=tuple(registry.secrets), kept=found.kept)
    return Mask(transcript, transcript.model_copy(update={"turns": turns}), secrets, by_turn, detector, chosen)


def _by_turn(transcript: Transcript, hits: Iterable[Hit], registry: PlaceholderRegistry) -> dict[int, MaskedText]:
    replacements: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for hit in hits:
        said = " ".join(transcript.turns[one.line].text[one.start : one.end] for one in hit.places)
        placeholder = registry.placeholder(hit.kind, hit.value, said)
        for one in hit.places:
            replacements[one.line].append((one.start, one.end, placeholder))
    turns = transcript.turns
    return {turns[line].id: MaskedText.of(turns[line].text, sorted(pieces)) for line, pieces in replacements.items()}


def _turn(turn: Turn, masked: MaskedText | None) -> Turn:
    """The turn without what is hidden, and without its source, in which nothing is."""
    if masked is None:
        return turn if turn.source is None else turn.model_copy(update={"source": None})
    return turn.model_copy(update={"text": masked.text, "words": _words(turn, masked.pieces), "source": None})


def _words(turn: Turn, pieces: tuple[Piece, ...]) -> tuple[Word, ...]:
    """Timed words, where those of a hidden piece have become one with its whole time and its least confidence."""
    shown: list[Word] = []
    last: Piece | None = None
    for word, (start, end) in zip(turn.words, word_spans(turn), strict=True):
        piece = next((one for one in pieces if start < one.end and one.start < end), None)
        if piece is None:
            shown.append(word)
        elif piece is last:
            before = shown[-1]
            shown[-1] = before.model_copy(
                update={"end_ms": word.end_ms, "confidence": min(before.confidence, word.confidence)}
            )
        else:
            shown.append(word.model_copy(update={"text": piece.placeholder}))
        last = piece
    return tuple(shown)


def _alone(text: str, transcript: Transcript) -> Transcript:
    turn = Turn(id=1, participant="", role=Role.UNKNOWN, text=text)
    return transcript.model_copy(update={"turns": (turn,)})


def revealed(text: str, secrets: Secrets) -> str:
    """Placeholders replaced by what they stand for; one that is not known stays."""
    words = {secret.placeholder: secret.words for secret in secrets.secrets}
    return PLACEHOLDER.sub(lambda found: words.get(found.group(), found.group()), text)


def hidden_ms(mask_: Mask, pad_ms: int = 0) -> tuple[Span, ...]:
    """Stretches of the recording in which something hidden is said, in ms, in order and apart.

    A whole turn where its words have no times.
    """
    found: list[Interval] = []
    for turn in mask_.original.turns:
        masked = mask_.by_turn.get(turn.id)
        for piece in masked.pieces if masked else ():
            times = [
                word
                for word, (start, end) in zip(turn.words, word_spans(turn), strict=True)
                if start < piece.end and piece.start < end
            ]
            begin = times[0].start_ms if times else turn.start_ms
            finish = times[-1].end_ms if times else turn.end_ms
            if begin is not None and finish is not None:
                found.append((max(0, begin - pad_ms), finish + pad_ms))
    return tuple(Span(start=start, end=end) for start, end in union(found))
