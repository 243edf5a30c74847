"""The sheet a generator writes on: who says which piece, and what a reader can see in it.

Pieces become turns here, so that the quote of a mark is cut from the very text that was written.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Channel, Role, Turn

from auricle_samples.dialogues.disfluency import FILLERS, backchannel, disfluent
from auricle_samples.dialogues.truth import Mark, PlantedError, Seen

QUOTE_WORDS = 6
SIGNED_SHARE = 0.7


@dataclass(frozen=True)
class Piece:
    """Some words of one speaker with their marks; `error` is the class of a mistake planted in them."""

    role: Role
    text: str
    marks: tuple[Mark, ...] = ()
    error: str | None = None
    hold: bool = False


@dataclass
class Script:
    """Pieces in order; consecutive pieces of one role are one turn."""

    language: str
    channel: Channel
    rng: random.Random
    fillers: Sequence[str] = ()
    pieces: list[Piece] = field(default_factory=list)

    def agent(self, text: str, *marks: Mark, error: str | None = None, hold: bool = False) -> None:
        self._add(Role.AGENT, text, marks, error, hold)

    def customer(self, text: str, *marks: Mark) -> None:
        self._add(Role.CUSTOMER, text, marks, None, False)

    def _add(self, role: Role, text: str, marks: tuple[Mark, ...], error: str | None, hold: bool) -> None:
        if text:
            self.pieces.append(Piece(role, text, marks, error, hold))

    def written(self) -> "Written":
        """The turns with disfluencies (calls only) and every mark where it now stands."""
        written = Written()
        for piece in self.pieces:
            if self.channel is Channel.CALL:
                self._overheard(written, piece)
            written.add(self._with_disfluencies(piece))
        return written

    def _with_disfluencies(self, piece: Piece) -> Piece:
        if self.channel is not Channel.CALL:
            return piece
        return replace(piece, text=disfluent(piece.text, self.rng, self.fillers or FILLERS[self.language]))

    def _overheard(self, written: "Written", piece: Piece) -> None:
        """Two long turns of one speaker in a row are sometimes split by the listener's sound."""
        if written.speaker is Role.AGENT and piece.role is Role.AGENT:
            sound = backchannel(self.rng, self.language)
            if sound:
                written.add(Piece(Role.CUSTOMER, sound))


@dataclass
class Written:
    """Turns as they grow."""

    speaker: Role | None = None
    texts: list[str] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    errors: list[PlantedError] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        if piece.role is not self.speaker:
            self.texts.append(piece.text)
            self.roles.append(piece.role)
            self.speaker = piece.role
        else:
            self.texts[-1] += f" {piece.text}"
        self._note(piece, len(self.texts))

    def _note(self, piece: Piece, turn: int) -> None:
        quote = " ".join(piece.text.split()[:QUOTE_WORDS])
        self.seen.extend(Seen(mark=mark, turn=turn, quote=quote) for mark in piece.marks)
        if piece.error:
            self.errors.append(PlantedError(error_class=piece.error, turn=turn, quote=quote))
        if piece.hold:
            self.holds.append(turn)

    def signed(self, signatures: Mapping[Role, Sequence[str]], rng: random.Random) -> None:
        """Letters end with a name: one of the role's signatures behind most of them."""
        for number, role in enumerate(self.roles):
            if signatures.get(role) and rng.random() < SIGNED_SHARE:
                self.texts[number] += f"\n\n{rng.choice(signatures[role])}"

    def turns(self, language: str) -> tuple[Turn, ...]:
        return tuple(
            Turn(id=number, participant=role.value, role=role, text=text, language=language)
            for number, (role, text) in enumerate(zip(self.roles, self.texts, strict=True), start=1)
        )
