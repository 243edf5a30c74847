"""The Russian voice of festival: another synthesiser, recorded from a person's units, that training never heard."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from auricle_samples.voice.line import TELEPHONE_HZ, Line, Samples, resampled, through_line
from auricle_samples.voice.timed import TimedWord

from auricle_trainer.speech import testset
from auricle_trainer.speech.hearing import Comparison, Listener

_VOICE = "(voice_msu_ru_nsh_clunits)"


def festival_comparisons(listener: Listener, utterances: int = 60) -> list[Comparison]:
    """Test sentences in festival's voice over clean telephone lines; none where festival is missing. Word times are unknown."""
    program = shutil.which("text2wave")
    if program is None:
        return []
    compared = []
    for spoken in testset.load().utterances[:utterances]:
        samples = _synthesised(program, spoken.text)
        line = through_line(samples, Line(), np.random.default_rng(spoken.seed))
        words = [TimedWord(word, 0.0, 0.0) for word in spoken.text.split()]
        compared.append(listener.compare(resampled(line, TELEPHONE_HZ, 16_000), words))
    return compared


def _synthesised(program: str, text: str) -> Samples:
    """8 kHz samples from festival."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "text", Path(folder) / "speech.wav"
        source.write_text(text)
        subprocess.run([program, "-eval", _VOICE, str(source), "-o", str(target)], check=True, capture_output=True)  # noqa: S603 (our own arguments)
        with wave.open(str(target)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            return resampled((pcm / 32768).astype(np.float32), file.getframerate(), TELEPHONE_HZ)
