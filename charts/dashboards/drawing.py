"""Panels into Grafana's JSON: PromQL as it stands, SQL with Grafana's macros in place of its parameters."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from auricle_contracts.panels import Panel, Shape
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable
from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef, GridPos

POSTGRES = "grafana-postgresql-datasource"
METRICS = DataSourceRef(type_val="prometheus", uid="${metrics}")
WORKSPACE = DataSourceRef(type_val=POSTGRES, uid="${workspace}")
PLATFORM = DataSourceRef(type_val=POSTGRES, uid="${platform}")
OF_THE_PLATFORM = frozenset({"idle"})
"""Panels whose rows belong to no workspace; their source is a reader of `platform`."""
WIDTH = {Shape.STAT: 6, Shape.SERIES: 12, Shape.TABLE: 12}
HEIGHT = {Shape.STAT: 4, Shape.SERIES: 8, Shape.TABLE: 8}
COLUMNS = 24
"""Of Grafana's grid."""
Drawing = stat.Panel | timeseries.Panel | table.Panel
FAMILIES: dict[Shape, type[Drawing]] = {
    Shape.STAT: stat.Panel,
    Shape.SERIES: timeseries.Panel,
    Shape.TABLE: table.Panel,
}


class Sql(variants.Dataquery, builder.Builder[variants.Dataquery]):
    """A query of Grafana's Postgres source, which the SDK has no model of. It is its own builder."""

    def __init__(self, text: str, shape: Shape) -> None:
        self._text = text
        self._shape = shape

    def build(self) -> variants.Dataquery:
        """Nothing is left to build."""
        return self

    def to_json(self) -> dict[str, object]:
        """As Grafana's editor writes it in its code mode."""
        form = "time_series" if self._shape is Shape.SERIES else "table"
        return {"refId": "A", "format": form, "editorMode": "code", "rawQuery": True, "rawSql": self._text}


def in_grafanas_words(query: str, prices: str) -> str:
    """`:since` and `:until` become macros, which Grafana writes as quoted moments; prices become a literal."""
    for name, macro in (("since", "$__timeFrom()"), ("until", "$__timeTo()")):
        query = query.replace(f":{name}", f"CAST({macro} AS timestamptz)")
    return query.replace(":prices", "'" + prices.replace("'", "''") + "'").strip()


def drawn(title: str, uid: str, panels: Sequence[Panel], prices: str | None = None) -> str:
    """One dashboard as JSON. `prices` is None for those that ask Prometheus."""
    board = Dashboard(title).uid(uid).tags(["auricle"]).refresh("1m").timezone("browser")
    board.time("now-6h" if prices is None else "now-30d", "now")
    for variable in _sources(panels, prices):
        board.with_variable(variable)
    for panel, place in zip(panels, places(panels), strict=True):
        board.with_panel(_panel(panel, prices).grid_pos(place))
    written = json.loads(json.dumps(board.build(), cls=JSONEncoder))
    return json.dumps(_without_nulls(written), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def places(panels: Sequence[Panel]) -> Iterator[GridPos]:
    """From left to right, a new row where the next does not fit; the SDK's own flow lets a panel stand over the edge."""
    x, y, tallest = 0, 0, 0
    for panel in panels:
        width, height = WIDTH[panel.shape], HEIGHT[panel.shape]
        if x + width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield GridPos(x=x, y=y, w=width, h=height)
        x, tallest = x + width, max(tallest, height)


def _without_nulls(node: Any) -> Any:
    """The SDK writes null for what was not chosen; Grafana's own exports leave it out."""
    if isinstance(node, dict):
        return {name: _without_nulls(value) for name, value in node.items() if value is not None}
    return [_without_nulls(one) for one in node] if isinstance(node, list) else node


def _sources(panels: Sequence[Panel], prices: str | None) -> list[DatasourceVariable]:
    if prices is None:
        return [DatasourceVariable("metrics").label("Prometheus").type("prometheus")]
    names = ["workspace"] + ["platform"] * any(panel.name in OF_THE_PLATFORM for panel in panels)
    return [DatasourceVariable(name).label(f"Reader of the {name}").type(POSTGRES) for name in names]


def _panel(panel: Panel, prices: str | None) -> Drawing:
    drawing: Drawing = FAMILIES[panel.shape]().title(panel.title).unit(panel.unit).description(panel.about)
    if prices is not None:
        source = PLATFORM if panel.name in OF_THE_PLATFORM else WORKSPACE
        return drawing.datasource(source).with_target(Sql(in_grafanas_words(panel.query, prices), panel.shape))
    target = prometheus.Dataquery().expr(panel.query).legend_format(panel.legend)
    if panel.shape is Shape.STAT:
        target = target.instant()
    return drawing.datasource(METRICS).with_target(target)
