"""An engine for each language: windows go to the one that hears their language best, and one is there for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auricle_asr.speech.engine import EngineFacts, Hypothesis, Sound, SpeechEngine


class RoutedEngine:
    """Several engines that look like one. `others` hears what no route names, and tells which language a window is in."""

    def __init__(self, others: SpeechEngine, routes: Mapping[str, SpeechEngine]) -> None:
        self._others = others
        self._routes = dict(routes)
        self.facts = _facts(others.facts, {language: engine.facts for language, engine in routes.items()})

    async def is_up(self) -> bool:
        """All of them."""
        return all([await engine.is_up() for engine in self._engines()])

    async def close(self) -> None:
        """Let go of all."""
        for engine in self._engines():
            await engine.close()

    async def detect_language(self, sound: Sound) -> str:
        """As the engine for the rest hears it."""
        return await self._others.detect_language(sound)

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        """One batch for each engine, the results in the order of the sounds."""
        chosen = [self._routes.get(language, self._others) for language in languages]
        found: dict[int, Hypothesis] = {}
        for engine in dict.fromkeys(chosen):
            mine = [number for number, one in enumerate(chosen) if one is engine]
            spoken = [languages[at] for at in mine]
            heard = await engine.decode([sounds[at] for at in mine], spoken, temperature, hot_words)
            found.update(zip(mine, heard, strict=True))
        return [found[number] for number in range(len(sounds))]

    def _engines(self) -> list[SpeechEngine]:
        return list(dict.fromkeys([self._others, *self._routes.values()]))


def _facts(others: EngineFacts, routes: Mapping[str, EngineFacts]) -> EngineFacts:
    """Those of the engine for the rest, with the routes' beside: the shortest window holds for all."""
    return replace(
        others,
        window_seconds=min(one.window_seconds for one in (others, *routes.values())),
        languages=others.languages | frozenset(routes) if others.languages else frozenset(),
        is_told=any(one.is_told for one in (others, *routes.values())),
        routes=dict(routes),
    )
