"""Every object is what its kind's schema says: Kubernetes' own kinds and the operators', with nothing misspelt."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from kubernetes_validate.utils import schema_contents
from manifests.checks.registry import check
from manifests.release import Manifest, Release, called
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

VERSIONS = ("1.33", "1.35")
"""Oldest and newest Kubernetes that KEDA 2.20 is tested on."""
DEFINITIONS = "https://kubernetes.io/api/_definitions.json"
CUSTOM = json.loads((Path(__file__).parents[1] / "schemas" / "custom.json").read_text())


def _file(version: str, name: str) -> Any:
    return schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json", version)


@cache
def _registry(version: str) -> Registry[Any]:
    definitions = Resource.from_contents(_file(version, "_definitions"), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(DEFINITIONS, definitions)
    return registry


@cache
def validator(version: str, api_version: str, kind: str) -> Draft202012Validator | None:
    """None for a kind that neither Kubernetes nor the operators know."""
    registry = _registry(version)
    name = CUSTOM["kinds"].get(f"{api_version}/{kind}")
    if name:
        return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": CUSTOM["$defs"]}, registry=registry)
    group, _, number = api_version.rpartition("/")
    short = f"{group.partition('.')[0]}-{number}" if group else number
    try:
        return Draft202012Validator(_file(version, f"{kind.lower()}-{short}"), registry=registry)
    except FileNotFoundError:
        return None


def invalid(manifest: Manifest, version: str) -> Iterator[str]:
    """Where an object departs from its schema."""
    found = validator(version, manifest["apiVersion"], manifest["kind"])
    if found is None:
        yield f"{called(manifest)}: Kubernetes {version} knows no {manifest['apiVersion']}"
        return
    for error in found.iter_errors(manifest):
        deepest = best_match([error])
        yield f"{called(manifest)} ({version}) {deepest.json_path}: {deepest.message[:300]}"


@check
def kinds_fit_their_schemas(release: Release) -> Iterator[str]:
    for manifest in [*release.manifests, *release.cluster]:
        for version in VERSIONS:
            yield from invalid(manifest, version)


def nulls(node: Any, where: str = "$") -> Iterator[str]:
    """Where a template wrote a key without a value: Kubernetes drops it in silence."""
    if node is None:
        yield where
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from nulls(child, f"{where}.{key}")


@check
def nothing_is_null(release: Release) -> Iterator[str]:
    for manifest in [*release.manifests, *release.cluster]:
        yield from (f"{called(manifest)} {where} is null" for where in nulls(manifest))


@check
def names_are_unique(release: Release) -> Iterator[str]:
    seen = set()
    for manifest in release.manifests:
        if called(manifest) in seen:
            yield f"{called(manifest)} is rendered twice"
        seen.add(called(manifest))
