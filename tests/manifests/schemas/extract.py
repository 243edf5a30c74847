"""Makes `custom.json`: JSON Schemas of the custom resources, from the validators of the npm packages @kubernetes-models/*.

The packages (MIT) ship compiled validators, one function per subschema, all printed by one generator; this reads them back, so that
checking manifests needs no Node. A part that it does not recognise is an error. See README.md beside it for how to run it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from kubernetes_validate.utils import schema_contents

Schema = dict[str, Any]
ROOTS = (
    "KedaV1alpha1ScaledObject",
    "KedaV1alpha1TriggerAuthentication",
    "KarpenterPkgApisV1NodePool",
    "PkgApisV1EC2NodeClass",
    "MonitoringV1ServiceMonitor",
    "MonitoringV1PodMonitor",
    "MonitoringV1PrometheusRule",
)
CORE = "v1.35.0-local-strict"

IMPORT = re.compile(r'import\{validate as (\w+)\}from"([^"]+)"')
FUNCTION = re.compile(r"function (validate\d+)\(data,\{instancePath=.*?(?=function validate\d+\(data|\Z)", re.DOTALL)
ENUM = re.compile(r"(?:let|const) (\w+_enum)=(\[.*?\]);")
ERROR = re.compile(r'schemaPath:"#/[^"]*",keyword:"(\w+)",params:\{(.*?)\}\}')
PROPERTY = re.compile(r'(validate\d+)\(data(?:\.([A-Za-z_$][\w$]*)|\["([^"]+)"\]),')
ITEM = re.compile(r"(validate\d+)\(data\[i0\],")
VALUE = re.compile(r"(validate\d+)\(data\[key0\],")
SAME = re.compile(r"(validate\d+)\(data,\{instancePath,")
LIMITS = {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "maxProperties"}


def core_names() -> dict[str, str]:
    """Name as the packages write it (no dots, any case) → definition of kubernetes-validate."""
    definitions = schema_contents(f"kubernetes-json-schema/{CORE}/_definitions.json", "1.35")["$defs"]
    return {name.replace(".", "").replace("-", "").lower(): name for name in definitions}


class Module:
    """One file of validators, read back."""

    def __init__(self, source: str, core: dict[str, str]) -> None:
        self.core = core
        self.imports = dict(IMPORT.findall(source))
        self.enums = {name: json.loads(values) for name, values in ENUM.findall(source)}
        self.functions = {found.group(1): found.group(0) for found in FUNCTION.finditer(source)}
        exported = re.search(r"export const validate=(validate\d+);", source)
        assert exported, "a module exports one validator"
        self.exported = exported.group(1)
        read = sum(len(ERROR.findall(body)) for body in self.functions.values())
        assert read == source.count("keyword:"), "an error that this reader does not know"

    def reference(self, path: str) -> Schema:
        """A schema of another module, or of Kubernetes itself."""
        name = path.rsplit("/", 1)[-1].removesuffix(".js")
        if path.startswith("./"):
            return {"$ref": f"#/$defs/{name}"}
        return {"$ref": f"https://kubernetes.io/api/_definitions.json#/$defs/{self.core[name.lower()]}"}

    def schema(self, name: str) -> Schema:
        """What one function checks, and what the functions that it calls check."""
        if name in self.imports:
            return self.reference(self.imports[name])
        body = self.functions[name]
        found: Schema = {}
        for keyword, params in ERROR.findall(body):
            self.add(found, keyword, params)
        properties = {dotted or quoted: self.schema(called) for called, dotted, quoted in PROPERTY.findall(body)}
        if properties:
            found |= {"properties": properties, "additionalProperties": False}
        for key, pattern in (("items", ITEM), ("additionalProperties", VALUE)):
            if called := pattern.search(body):
                found[key] = self.schema(called.group(1))
        same = [self.schema(called) for called in SAME.findall(body)]
        if len(same) == 1 and not properties:
            found |= same[0]  # a reference, with at most a type beside it
        elif same:
            found["embeds"] = [one["$ref"].rsplit("/", 1)[-1] for one in same]
        return self.nullable(found) if "null!==data" in body else found

    def add(self, found: Schema, keyword: str, params: str) -> None:
        """One error that the function can give, as the keyword that it comes from."""
        if keyword == "required":
            found.setdefault("required", []).append(json.loads(params.partition(":")[2]))
        elif keyword == "enum":
            found["enum"] = list(self.enums[params.partition(":")[2]])
        elif keyword in LIMITS:
            found[keyword] = int(params.rpartition(":")[2])
        elif keyword in {"type", "pattern", "format"}:
            found[keyword] = json.loads(params.partition(":")[2])
        else:
            raise ValueError(f"keyword {keyword} is not known here")

    @staticmethod
    def nullable(schema: Schema) -> Schema:
        return {"anyOf": [schema, {"type": "null"}]}


def fields(schema: Schema, defs: Schema) -> Schema:
    """Properties of a Go struct, with those of the structs inside it: beside closed `properties`, `allOf` would refuse every one."""
    if "$ref" in schema:
        return fields(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    found = dict(schema.get("properties", {}))
    for name in schema.get("embeds", []):
        found |= fields(defs[name], defs)
    return found


def close(schema: Schema, defs: Schema) -> Schema:
    """One definition without `embeds`."""
    if "embeds" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "embeds"}
    return rest | {"properties": fields(schema, defs), "additionalProperties": False}


def extract(folders: list[Path]) -> Schema:
    """Every schema that the roots reach, and the kinds by `apiVersion/kind`."""
    core = core_names()
    files = {path.stem: path for folder in folders for path in folder.glob("_schemas/*.js")}
    todo = [name for name in files if name.endswith(ROOTS)]
    defs: Schema = {}
    kinds: dict[str, str] = {}
    while todo:
        name = todo.pop()
        if name in defs:
            continue
        module = Module(files[name].read_text(), core)
        defs[name] = module.schema(module.exported)
        todo += [path[2:].removesuffix(".js") for path in module.imports.values() if path.startswith("./")]
        if name.endswith(ROOTS):
            said = defs[name]["properties"]
            kinds[f"{said['apiVersion']['enum'][0]}/{said['kind']['enum'][0]}"] = name
    return {"kinds": kinds, "$defs": {name: close(schema, defs) for name, schema in defs.items()}}


if __name__ == "__main__":
    json.dump(extract([Path(one) for one in sys.argv[1:]]), sys.stdout, indent=1, sort_keys=True)
    print()
