"""Putting a transcript together: utterances get participants, neighbours are joined, doubts become flags."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from auricle_contracts import Direction, Participant, Role, Transcript, Turn

from auricle_asr.speech.engine import EngineFacts
from auricle_asr.speech.recognised import Recognised, TrackWords
from auricle_asr.transcription import roles, utterances
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.roles import RoleGuess, Said
from auricle_asr.transcription.speakers import Machines, Speakers
from auricle_asr.transcription.utterances import SENTENCE_ENDS, Utterance

NO_SPEECH, LOW_CONFIDENCE, ROLES_GUESSED, TEXT_DROPPED, WORDS_MISSING = (
    "no_speech",
    "low_confidence",
    "roles_guessed",
    "text_dropped",
    "words_missing",
)
JOIN_GAP_MS, UNFINISHED_GAP_MS = 1_500, 3_000
"""Between utterances of one speaker that are one turn; somebody who looks for a word has not ended the sentence."""
FAILED_SHARE = 0.5
MISSING_FLOOR_S, MISSING_SHARE = 3.0, 0.03
NO_CUES = CueBook.of({})
TWO_AGENTS = 2


@dataclass(frozen=True)
class TranscriptRules:
    """Thresholds. `agent_track`: on which track the agent speaks when the call does not say, None to tell by the words."""

    agent_track: int | None = None
    role_threshold: float = 0.55
    low_confidence: float = 0.5


@dataclass(frozen=True)
class Call:
    """What is known of the conversation before it is recognised."""

    conversation_id: str
    revision: int
    direction: Direction
    participants: tuple[Participant, ...] = ()


@dataclass(frozen=True)
class _Speaker:
    """A participant with how sure we are that it is them."""

    participant: str
    role: Role
    confidence: float


def write(
    call: Call, recognised: Recognised, engine: EngineFacts, cues: CueBook, rules: TranscriptRules, *,
    duration_ms: int, flags: Sequence[str], told: Speakers | None = None,
    machines: Sequence[Machines | None] = (),
) -> Transcript:  # fmt: skip
    """The transcript of one recording; `flags` are those of decoding.

    `told` is who speaks the words of a mono track, `machines` what machines say on each of two.
    """
    two = len(recognised.tracks) > 1
    unsure = _unsure(recognised, rules)
    cues = NO_CUES if unsure else cues
    spoken = (
        _two_tracks(call, recognised.tracks, () if unsure else machines, cues, rules)
        if two
        else _mono(call, recognised.tracks[0], None if unsure else told, cues, rules)
    )
    turns = _turns(spoken, recognised.tracks)
    heard_by = recognised.heard_by or (engine,)
    return Transcript(
        conversation_id=call.conversation_id,
        revision=call.revision,
        language=_main_language(recognised.tracks),
        turns=turns,
        duration_ms=duration_ms,
        engine=" + ".join(one.name for one in heard_by),
        weights=heard_by[0].weights,
        demo_weights=any(one.demo_weights for one in heard_by),
        flags=tuple(dict.fromkeys([*flags, *_doubts(turns, recognised, unsure=unsure)])),
    )


def _two_tracks(
    call: Call, tracks: Sequence[TrackWords], machines: Sequence[Machines | None], cues: CueBook, rules: TranscriptRules
) -> list[tuple[Utterance, _Speaker]]:
    """By track, but for what a machine says on one."""
    chances = [_machine_chances(track, found) for track, found in zip(tracks, machines or (None, None), strict=True)]
    cut = utterances.of_two_tracks([track.words for track in tracks], [_flips(track) for track in chances])
    by_machine = [_is_machine(one, tracks[one.track], chances[one.track], rules) for one in cut]
    people = [one for one, is_machine in zip(cut, by_machine, strict=True) if not is_machine]
    speakers = _speakers_of_tracks(call, people, cues, rules)
    return [
        (one, _machine(call, found, machines) if found else speakers[one.track])
        for one, found in zip(cut, by_machine, strict=True)
    ]


def _machine_chances(track: TrackWords, found: Machines | None) -> list[float]:
    return [0.0] * len(track.words) if found is None else found.chances.tolist()


def _flips(chances: Sequence[float]) -> frozenset[int]:
    return frozenset(n for n, (one, other) in enumerate(pairwise(chances), start=1) if (one > 0.5) != (other > 0.5))


def _is_machine(one: Utterance, track: TrackWords, chances: Sequence[float], rules: TranscriptRules) -> float:
    """The chance where it is above the threshold, else 0."""
    if not any(chances):
        return 0.0
    start = next(number for number, word in enumerate(track.words) if word is one.words[0])
    mean = sum(chances[start : start + len(one.words)]) / len(one.words)
    return mean if mean >= rules.role_threshold else 0.0


def _machine(call: Call, chance: float, machines: Sequence[Machines | None]) -> _Speaker:
    is_bot = any(found is not None and found.is_bot for found in machines)
    guess = RoleGuess(Role.BOT if is_bot else Role.IVR, round(min(roles.SUREST, chance), 4))
    return _speaker(call, guess, guess.role.value)


def _speakers_of_tracks(
    call: Call, cut: Sequence[Utterance], cues: CueBook, rules: TranscriptRules
) -> tuple[_Speaker, _Speaker]:
    """The call names them; else the setting; else the words."""
    named = {participant.track: participant for participant in call.participants if participant.track is not None}
    if len(named) == 1:
        named |= _the_other(call.participants, named)
    if 0 in named and 1 in named:
        return _known(named[0]), _known(named[1])
    if rules.agent_track is not None:
        sides = [Role.AGENT if track == rules.agent_track else Role.CUSTOMER for track in (0, 1)]
        guesses = [RoleGuess(role, 1.0) for role in sides]
    else:
        texts = [[one.text for one in cut if one.track == track] for track in (0, 1)]
        guesses = roles.of_tracks(texts, cues, rules.role_threshold)
    first, second = (_speaker(call, guess, f"track{track}") for track, guess in enumerate(guesses))
    return first, second


def _the_other(participants: Sequence[Participant], named: dict[int, Participant]) -> dict[int, Participant]:
    """One track is named: the other one is the other side's, if the call has exactly one such participant."""
    ((track, known),) = named.items()
    opposite = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}.get(known.role)
    others = [one for one in participants if one.role is opposite and one.track is None]
    if opposite and len(others) == 1:
        return {1 - track: others[0]}
    return {1 - track: Participant(id=opposite.value, role=opposite)} if opposite and not others else {}


def _mono(
    call: Call, track: TrackWords, told: Speakers | None, cues: CueBook, rules: TranscriptRules
) -> list[tuple[Utterance, _Speaker]]:
    """By words and voices together where enough was heard, else by pauses and words alone."""
    if told is not None:
        return _told(call, track, told, rules)
    cut = utterances.of_one_track(track.words)
    ends = [0, *(one.end_ms for one in cut)]
    said = [Said(one.text, one.start_ms - before) for one, before in zip(cut, ends, strict=False)]
    guesses = roles.of_utterances(said, cues, call.direction, rules.role_threshold)
    return [(one, _speaker(call, guess, Role.UNKNOWN.value)) for one, guess in zip(cut, guesses, strict=True)]


def _told(call: Call, track: TrackWords, told: Speakers, rules: TranscriptRules) -> list[tuple[Utterance, _Speaker]]:
    sides = [(int(role), int(voice)) for role, voice in zip(told.roles.argmax(axis=1), told.voices, strict=True)]
    cut = utterances.of_one_track(track.words, sides)
    ends = [0, *accumulate(len(one.words) for one in cut)]
    chances = [told.roles[start:end].mean(axis=0).tolist() for start, end in pairwise(ends)]
    seconds = [float(told.second[start:end].mean()) for start, end in pairwise(ends)]
    guesses = roles.of_chances(chances, rules.role_threshold, Role.BOT if told.is_bot else Role.IVR)
    return [
        (one, _speaker(call, guess, Role.UNKNOWN.value, is_second=second > rules.role_threshold))
        for one, guess, second in zip(cut, guesses, seconds, strict=True)
    ]


def _known(participant: Participant) -> _Speaker:
    return _Speaker(participant.id, participant.role, 1.0)


def _speaker(call: Call, guess: RoleGuess, nobody: str, *, is_second: bool = False) -> _Speaker:
    """The call's only participant of that role, or one named after the role; `nobody` names an unknown one.

    Of two agents that the call names the first one speaks until the second has taken over.
    """
    mine = [one for one in call.participants if one.role is guess.role]
    if guess.role is Role.UNKNOWN:
        return _Speaker(nobody, guess.role, guess.confidence)
    if guess.role is Role.AGENT and len(mine) == TWO_AGENTS:
        return _Speaker(mine[int(is_second)].id, guess.role, guess.confidence)
    return _Speaker(mine[0].id if len(mine) == 1 else guess.role.value, guess.role, guess.confidence)


def _turns(spoken: Sequence[tuple[Utterance, _Speaker]], tracks: Sequence[TrackWords]) -> tuple[Turn, ...]:
    """Numbered turns. Utterances of one known speaker in a row, with short pauses and in one language, are one turn."""
    joined: list[list[tuple[Utterance, _Speaker]]] = []
    for utterance, speaker in spoken:
        last = joined[-1][-1] if joined else None
        if last and _is_continued(last, (utterance, speaker), tracks):
            joined[-1].append((utterance, speaker))
        else:
            joined.append([(utterance, speaker)])
    return tuple(_turn(number, parts, tracks) for number, parts in enumerate(joined, start=1))


def _is_continued(
    last: tuple[Utterance, _Speaker], following: tuple[Utterance, _Speaker], tracks: Sequence[TrackWords]
) -> bool:
    (before, speaker), (utterance, another) = last, following
    is_same = speaker.participant == another.participant and another.role is not Role.UNKNOWN
    languages = {tracks[one.track].language_of(one.words) for one in (before, utterance)}
    return is_same and len(languages) == 1 and utterance.start_ms - before.end_ms < _longest_gap_ms(before)


def _longest_gap_ms(utterance: Utterance) -> int:
    return JOIN_GAP_MS if utterance.text.endswith(SENTENCE_ENDS) else UNFINISHED_GAP_MS


def _turn(number: int, parts: Sequence[tuple[Utterance, _Speaker]], tracks: Sequence[TrackWords]) -> Turn:
    utterance = Utterance(parts[0][0].track, tuple(word for one, _ in parts for word in one.words))
    speaker = parts[0][1]
    return Turn(
        id=number,
        participant=speaker.participant,
        role=speaker.role,
        text=utterance.text,
        start_ms=utterance.start_ms,
        end_ms=utterance.end_ms,
        words=utterance.words,
        confidence=round(utterance.confidence, 4),
        role_confidence=min(one.confidence for _, one in parts),
        language=tracks[utterance.track].language_of(utterance.words),
    )


def _main_language(tracks: Sequence[TrackWords]) -> str | None:
    """That of the most words."""
    counted = Counter(track.said_in.get(word, track.language) for track in tracks for word in track.words)
    return next((most for most, _ in counted.most_common(1)), None)


def _unsure(recognised: Recognised, rules: TranscriptRules) -> bool:
    """Whether the words are not to be believed. Nobody's role is then guessed from them either."""
    words = [word for track in recognised.tracks for word in track.words]
    doubtful = bool(words) and sum(word.confidence for word in words) / len(words) < rules.low_confidence
    return doubtful or recognised.failed > FAILED_SHARE * max(1, recognised.windows)


def _is_incomplete(track: TrackWords) -> bool:
    return track.missing_s > max(MISSING_FLOOR_S, MISSING_SHARE * track.speech_s)


def _doubts(turns: Sequence[Turn], recognised: Recognised, *, unsure: bool) -> list[str]:
    noticed = {
        NO_SPEECH: not turns,
        LOW_CONFIDENCE: unsure,
        TEXT_DROPPED: bool(recognised.dropped),
        WORDS_MISSING: any(_is_incomplete(track) for track in recognised.tracks),
        ROLES_GUESSED: any(turn.role_confidence < 1 for turn in turns),
    }
    return [flag for flag, seen in noticed.items() if seen]
