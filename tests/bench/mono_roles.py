"""How many turns of drawn mono calls get their role, by ways of telling voices apart; and what a word's spread within a voice is.

    python -m auricle_samples.mono out/mono --split written --calls 16   # what it needs: docs/decisions/0022
    python -m bench.mono_roles out/mono --split written                  # writes docs/evidence/mono-roles-written.json
    python -m bench.mono_roles out/mono                                  # the drawn calls of --split check; writes mono-roles.json
    python -m bench.mono_roles out/mono --spread                         # writes asr's voice_spread.json, from the tune split

Words are as an engine would have heard them (`mono_calls`). hmmlearn is no dependency: its row is there where it is installed.
Intervals: 2.5 to 97.5 % of 2,000 resamples of calls.
"""

import argparse
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.roles import of_chances
from auricle_asr.transcription.side_words import SideWords
from auricle_asr.transcription.speakers import AGENT_FIRST
from auricle_asr.transcription.transcript import TranscriptRules
from auricle_asr.transcription.utterances import of_one_track
from auricle_asr.transcription.voices import unwhitened, vectors_of
from auricle_asr.wiring import cue_book
from auricle_contracts import Role
from bench.mono_calls import DrawnCall, Outcome, drawn_calls, right_by
from bench.roles_calls import MonoCall, assigned, speakers_of
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
EVIDENCE = {
    "check": ROOT / "docs" / "evidence" / "mono-roles.json",
    "written": ROOT / "docs" / "evidence" / "mono-roles-written.json",
}
SPREAD = ROOT / "services" / "asr" / "auricle_asr" / "data" / "voice_spread.json"
RESAMPLES = 2000
SHORTEST = 8
Array = NDArray[np.float64]
Cluster = Callable[[MonoCall, Array, Array], Array]
"""(N, K) shares of voices in each word, from the words' vectors and seconds."""


def by_hmmlearn(_: MonoCall, vectors: Array, __: Array) -> Array:
    from hmmlearn.hmm import GaussianHMM  # type: ignore[import-not-found]

    stay = np.full((2, 2), 0.08) + 0.84 * np.eye(2)
    fits = []
    for seed in range(5):
        model = GaussianHMM(2, "diag", n_iter=20, random_state=seed, params="mc", init_params="mc")
        model.startprob_, model.transmat_ = np.full(2, 0.5), stay
        fits.append((model.fit(vectors).score(vectors), seed, model))
    shares: Array = max(fits, key=lambda fit: fit[:2])[2].predict_proba(vectors)
    return shares


def by_mixture(_: MonoCall, vectors: Array, __: Array) -> Array:
    from sklearn.mixture import GaussianMixture

    shares: Array = (
        GaussianMixture(2, covariance_type="tied", n_init=5, random_state=0).fit(vectors).predict_proba(vectors)
    )
    return shares


def by_linkage(call: MonoCall, vectors: Array, seconds: Array) -> Array:
    """Agglomerative clustering (Ward) of utterances, cut at pauses and ends of sentences."""
    from sklearn.cluster import AgglomerativeClustering

    lengths = [len(one.words) for one in of_one_track([owned.word for owned in call.words])]
    utterance = np.repeat(np.arange(len(lengths)), lengths)
    weight = np.maximum(seconds, 1e-3)
    means = np.stack(
        [np.average(vectors[utterance == n], axis=0, weights=weight[utterance == n]) for n in range(len(lengths))]
    )
    if len(lengths) < 3:
        return np.eye(2)[np.zeros(len(vectors), int)]
    shares: Array = np.eye(2)[AgglomerativeClustering(2).fit_predict(means)[utterance]]
    return shares


def roles_of_voices(call: MonoCall, shares: Array, cues: CueBook) -> list[Role]:
    """Which of two voices is the agent's, by all that each says, who begins and who talks more."""
    words = [owned.word for owned in call.words]
    evidence = np.concatenate([cues.sides.by_word(one.words) for one in of_one_track(words)])
    agent_first = AGENT_FIRST[call.direction]
    odds = float(evidence @ (shares[:, 0] - shares[:, 1]))
    odds += float(np.log(agent_first / (1 - agent_first)) * (2 * shares[0, 0] - 1))
    odds += float(np.clip(4 * (shares[:, 0].mean() - 0.5), -1, 1))
    first = 1 / (1 + np.exp(-np.clip(odds, -20, 20)))
    agent = shares[:, 0] * first + shares[:, 1] * (1 - first)
    chances = [(float(one), float(1 - one), 0.0) for one in agent]
    return [guess.role for guess in of_chances(chances, TranscriptRules().role_threshold)]


def way(cluster: Cluster) -> Callable[[MonoCall, CueBook], Sequence[Role]]:
    """Voices by a clustering of the shipped vectors, then roles by voices."""

    def told(call: MonoCall, cues: CueBook) -> Sequence[Role]:
        vectors, seconds = vectors_of(call.track, [owned.word for owned in call.words])
        if np.count_nonzero(seconds) < SHORTEST:
            return [Role.UNKNOWN for _ in call.words]
        return roles_of_voices(call, cluster(call, vectors, seconds), cues)

    return told


def shipped(call: MonoCall, cues: CueBook) -> Sequence[Role]:
    return assigned(call, cues, speakers_of(call, cues), TranscriptRules())


def words_alone(call: MonoCall, cues: CueBook) -> Sequence[Role]:
    return assigned(call, cues, None, TranscriptRules())


def without_learnt_words(call: MonoCall, _: CueBook) -> Sequence[Role]:
    return shipped(call, cue_book(SideWords({})))


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Per cent of turns, with n and the interval over calls, and the same by what happens in a call."""
    counts = np.array([(one.counts["right"], sum(one.counts.values())) for one in outcomes], float)
    drawn = np.random.default_rng(0).integers(0, len(counts), (RESAMPLES, len(counts)))
    sums = counts[drawn].sum(axis=1)
    low, high = np.percentile(100 * sums[:, 0] / sums[:, 1], (2.5, 97.5))
    groups = right_by(outcomes)
    return {
        **_shares(groups.pop("all")[1]), "interval": [round(low, 1), round(high, 1)],
        "by": {name: {"calls": calls, **_shares(found)} for name, (calls, found) in sorted(groups.items())},
    }  # fmt: skip


def _shares(counts: Counter[str]) -> dict[str, Any]:
    turns = sum(counts.values())
    return {name: round(100 * counts[name] / turns, 1) for name in ("right", "wrong", "unknown")} | {"turns": turns}


def confused(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Words given to another than their speaker, "true > given", most first."""
    whole: Counter[tuple[str, str]] = sum((one.confusion for one in outcomes), Counter())
    return {f"{true} > {given}": words for (true, given), words in whole.most_common() if true != given}


def measure(calls: Sequence[DrawnCall]) -> dict[str, Any]:
    """Every way on the same calls."""
    cues = cue_book()
    ways: dict[str, Callable[[MonoCall, CueBook], Sequence[Role]]] = {
        "shipped: words, voices and pauses in one chain": shipped,
        "without learnt words": without_learnt_words,
        "words and pauses alone": words_alone,
        "Gaussian mixture (scikit-learn), then roles by voice": way(by_mixture),
        "Ward's linkage of utterances (scikit-learn), then roles by voice": way(by_linkage),
    }
    if importlib.util.find_spec("hmmlearn"):
        ways["hidden Markov model (hmmlearn), then roles by voice"] = way(by_hmmlearn)
    outcomes = {name: [Outcome(one, tell(one.call, cues)) for one in calls] for name, tell in ways.items()}
    best = next(iter(outcomes.values()))
    return {
        "ways": {name: figures(found) for name, found in outcomes.items()},
        "words_of_the_shipped_way": confused(best),
    }


def spread(calls: Sequence[DrawnCall]) -> list[list[float]]:
    """(13, 13) covariance of words' vectors within a voice. Parts that more than one voice reads are left out."""
    whole, seconds_of_all = np.zeros((13, 13)), 0.0
    for one in calls:
        vectors, seconds = unwhitened(one.call.track, [owned.word for owned in one.call.words])
        roles = np.array([owned.role for owned in one.call.words])
        for role in set(roles) - ({Role.AGENT} if one.kind in ("transfer", "languages") else set()):
            mine = (roles == role) & (seconds > 0)
            if mine.sum() > SHORTEST:
                weight = np.clip(seconds[mine], 0, 1)[:, None]
                centred = vectors[mine] - vectors[mine].mean(axis=0)
                whole += (centred * weight).T @ centred
                seconds_of_all += float(weight.sum())
    return [[round(float(value), 5) for value in row] for row in whole / seconds_of_all]


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=["tune", "check", "written"], default="check")
    parser.add_argument("--spread", action="store_true")
    arguments = parser.parse_args()
    if arguments.spread:
        about = json.loads(SPREAD.read_bytes())
        SPREAD.write_text(
            json.dumps(about | {"spread": spread(drawn_calls(arguments.folder, "tune"))}, indent=0) + "\n"
        )
        return
    calls = drawn_calls(arguments.folder, arguments.split)
    found = {
        "command": f"python -m bench.mono_roles FOLDER --split {arguments.split}", "measured": datetime.now(UTC).date().isoformat(),
        "what": f"{len(calls)} drawn mono calls, per cent of true turns; words with an engine's errors put in", **measure(calls),
    }  # fmt: skip
    print(json.dumps(found, indent=1, ensure_ascii=False))
    if arguments.split in EVIDENCE:
        EVIDENCE[arguments.split].write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
