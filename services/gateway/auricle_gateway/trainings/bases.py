"""Which bases may be asked for here, and whether anything starts a training."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts.trainings import TrainingBaseView, TrainingIn
from auricle_criteria.training_bases import TrainingBase
from auricle_kit.errors import InvalidRequest


@dataclass(frozen=True)
class Training:
    """`starts`: keeper has a driver. `bases` of the release, by id."""

    starts: bool
    bases: Mapping[str, TrainingBase]

    def base(self, name: str | None) -> TrainingBase:
        """Raises InvalidRequest."""
        if name is None or name not in self.bases:
            told = "no base was chosen" if name is None else f"no base {name[:64]}"
            raise InvalidRequest(told, action=f"Name one of {', '.join(sorted(self.bases))}.")
        return self.bases[name]

    def wanted(self, asked: TrainingIn, chosen: str | None) -> TrainingBase:
        """The base of a request, else the workspace's. Raises InvalidRequest."""
        base = self.base(asked.base or chosen)
        if asked.numbers.four_bit and not base.gpu:
            raise InvalidRequest(f"{base.id} is not trained in four bits", action="Leave `four_bit` out.")
        return base

    def views(self) -> tuple[TrainingBaseView, ...]:
        """As settings list them, the smallest first."""
        found = sorted(self.bases.values(), key=lambda one: one.shape.parameters)
        return tuple(
            TrainingBaseView(
                name=one.id, title=one.title, licence=one.licence, parameters=one.shape.parameters, four_bit=one.gpu
            )
            for one in found
        )
