"""Sample calls heard by the product and by bare faster-whisper with the same weights: words, errors, roles, coverage."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from auricle_asr import engines, wiring
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode
from auricle_asr.recordings.recording import DecodedRecording
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.faster_whisper_engine import FasterWhisperEngine
from auricle_asr.speech.phrases import normalised
from auricle_asr.transcriber import Transcribed
from auricle_asr.transcription.transcript import Call
from auricle_contracts import ConversationIn, Direction, Turn
from bench.speech_words import Hear, as_float, bare
from rapidfuzz.distance import Levenshtein

SPOKEN = Path(__file__).parents[1] / "data" / "spoken"
NAMES = tuple(sorted(path.name.removesuffix(".truth.json") for path in SPOKEN.glob("*.truth.json")))


@dataclass(frozen=True)
class Truth:
    """What was said in a sample call, turn by turn."""

    turns: tuple[dict[str, object], ...]
    tracks: int

    def words(self) -> list[str]:
        """In the order in which tracks are read: one after the other."""
        told = sorted(self.turns, key=lambda turn: str(turn["track"])) if self.tracks == 2 else self.turns
        return normalised(" ".join(str(turn["written"]) for turn in told)).split()

    def role_of(self, turn: Turn) -> str:
        """Who spoke longest while this turn was said."""
        best = max(self.turns, key=lambda one: _shared(one, turn))
        return str(best["role"])


def _shared(said: dict[str, object], turn: Turn) -> int:
    return min(int(str(said["end_ms"])), turn.end_ms or 0) - max(int(str(said["start_ms"])), turn.start_ms or 0)


@dataclass
class Heard:
    """One call: the product's result beside the words of each bare way."""

    name: str
    truth: Truth
    ours: Transcribed
    bare: dict[str, list[str]] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        tracks = self.ours.recognised.tracks
        return normalised(" ".join(word.text for track in tracks for word in track.words)).split()

    def errors(self, words: list[str]) -> int:
        """Words to change, put in or take out."""
        return Levenshtein.distance(self.truth.words(), words)

    def lost(self, words: list[str]) -> int:
        """Words of the truth in whose place there is nothing."""
        return sum(one.tag == "delete" for one in Levenshtein.editops(self.truth.words(), words))

    @property
    def wrong_roles(self) -> int:
        return sum(self.truth.role_of(turn) != turn.role.value for turn in self.ours.transcript.turns)

    @property
    def missing_share(self) -> float:
        tracks = self.ours.recognised.tracks
        return sum(one.missing_s for one in tracks) / sum(one.speech_s for one in tracks)


@dataclass
class Listener:
    """One set of weights, in the product's parts and bare."""

    settings: AsrSettings
    engine: FasterWhisperEngine

    @staticmethod
    def of(weights: Path) -> "Listener":
        """With the number type that a laptop's stack uses."""
        settings = AsrSettings(speech_model=str(weights), speech_device="cpu", speech_compute_type="auto")
        engine = engines.engine(settings)
        assert isinstance(engine, FasterWhisperEngine)
        return Listener(settings, engine)

    async def sample(self, name: str, decoders: DecoderPool, *, beside: bool = False) -> Heard:
        """A sample call as its recording is posted; `beside`: bare as well."""
        about = ConversationIn.model_validate_json((SPOKEN / f"{name}.json").read_bytes())
        (source,) = (path for path in SPOKEN.glob(f"{name}.*") if path.suffix != ".json")
        with tempfile.TemporaryDirectory() as folder:
            recording = await decode(source, Path(folder), DecoderLimits(), decoders)
            ours = await self.transcribed(recording, Path(folder), about)
            turns = json.loads((SPOKEN / f"{name}.truth.json").read_bytes())["turns"]
            found = Heard(name, Truth(tuple(turns), len(recording.tracks)), ours)
            if beside:
                found.bare = {
                    way: _said(recording, hear) for way, hear in bare(self.engine.model, self.settings).items()
                }
        return found

    async def transcribed(self, recording: DecodedRecording, folder: Path, about: ConversationIn) -> Transcribed:
        """Through preprocessing, recognition and roles."""
        audio = await wiring.preprocessor(self.settings, self.engine).prepare(recording, about.participants, folder)
        call = Call("sample", 1, about.direction or Direction.INBOUND, about.participants)
        return await wiring.transcriber(self.settings, self.engine).transcribe(call, audio, about.language)


def _said(recording: DecodedRecording, hear: Hear) -> list[str]:
    return normalised("".join(one.text for track in recording.tracks for one in hear(as_float(track)))).split()
