"""Placeholders of one conversation: the same thing has the same one, wherever and however it is said."""

from auricle_contracts.masking import PersonalKind, Secret, Secrets

from auricle_masking.packs import Pack


class PlaceholderRegistry:
    """Grows as things are found, in order of mention; `seed` is an earlier reverse map, whose placeholders stay as they are."""

    def __init__(self, pack: Pack, seed: Secrets | None = None) -> None:
        self._pack = pack
        self.secrets: list[Secret] = list(seed.secrets) if seed else []
        self._by_value = {(one.kind, one.value): one.placeholder for one in self.secrets}
        self._counts = {kind: sum(one.kind is kind for one in self.secrets) for kind in PersonalKind}

    def placeholder(self, kind: PersonalKind, value: str, words: str) -> str:
        """So: "[ТЕЛЕФОН_1]": a new one for a new value."""
        known = self._by_value.get((kind, value)) or (self._person(value) if kind is PersonalKind.NAME else None)
        if known is None:
            self._counts[kind] += 1
            known = f"[{self._pack.placeholders[kind]}_{self._counts[kind]}]"
            self.secrets.append(Secret(placeholder=known, kind=kind, value=value, words=words))
        self._by_value[(kind, value)] = known
        return known

    def _person(self, value: str) -> str | None:
        """Somebody whose name is a part of this one, or the other way round: "ольга", later "ольга викторовна"."""
        wanted = set(value.split())
        for one in self.secrets:
            if one.kind is PersonalKind.NAME and (wanted <= (said := set(one.value.split())) or said <= wanted):
                return one.placeholder
        return None
