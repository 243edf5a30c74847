"""OpenTelemetry, reduced to what we use: a span, and a W3C traceparent that travels in HTTP headers and stream messages."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult

_TRACER = "auricle"


class FileSpanExporter(SpanExporter):
    """Appends finished spans to a file, one JSON object a line: what the laptop and the tests read."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(_span_facts(span)) + "\n" for span in spans)
        return SpanExportResult.SUCCESS


def _span_facts(span: ReadableSpan) -> dict[str, object]:
    context = span.get_span_context()
    return {
        "name": span.name,
        "service": span.resource.attributes.get("service.name"),
        "trace_id": f"{context.trace_id:032x}" if context else None,
        "span_id": f"{context.span_id:016x}" if context else None,
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "start_ns": span.start_time,
        "end_ns": span.end_time,
        "attributes": dict(span.attributes or {}),
    }


def configure(service: str, *, trace_file: str | None = None, otlp_endpoint: str | None = None) -> None:
    """Install exporters once per process; without any, spans still carry ids across the wire and cost next to nothing."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if trace_file:
        provider.add_span_processor(SimpleSpanProcessor(FileSpanExporter(Path(trace_file))))
    if otlp_endpoint:  # the import is not free, so only those pay that send spans
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)


def context_of(traceparent: str | None) -> Context | None:
    """The context that a traceparent names; None starts from the current one."""
    return propagate.extract({"traceparent": traceparent}) if traceparent else None


@contextmanager
def span(name: str, traceparent: str | None = None, **attributes: str | float | bool) -> Iterator[trace.Span]:
    """A span around a piece of work; attributes are ids and counts, never content."""
    tracer = trace.get_tracer(_TRACER)
    with tracer.start_as_current_span(name, context=context_of(traceparent), attributes=attributes) as current:
        yield current


def traceparent() -> str:
    """The current span as a W3C traceparent; "" outside of any span."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")
