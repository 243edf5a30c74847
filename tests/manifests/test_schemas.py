"""The reader of compiled validators understands what they check, and refuses what it has not seen."""

import json
from pathlib import Path

import pytest
from manifests.schemas.extract import Module

MODULE = (
    'export const validate=validate0;let s_enum=["a","b"];'
    'import{validate as validate9}from"./Other.js";'
    'function validate1(data,{instancePath=""}){if("a"!==data&&"b"!==data){let e={instancePath,schemaPath:"#/enum",keyword:"enum",'
    "params:{allowedValues:s_enum}}}}"
    'function validate2(data,{instancePath=""}){if("string"!=typeof data&&null!==data){let e={instancePath,schemaPath:"#/type",'
    'keyword:"type",params:{type:"string"}}}}'
    'function validate0(data,{instancePath=""}){let e={instancePath,schemaPath:"#/required",keyword:"required",'
    'params:{missingProperty:"mode"}};validate1(data.mode,{}),validate2(data["a-b"],{}),validate9(data.other,{})}'
)
CUSTOM = json.loads((Path(__file__).parent / "schemas" / "custom.json").read_text())


def test_a_module_is_read_back() -> None:
    module = Module(MODULE, {})
    assert module.schema(module.exported) == {
        "required": ["mode"],
        "additionalProperties": False,
        "properties": {
            "mode": {"enum": ["a", "b"]},
            "a-b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "other": {"$ref": "#/$defs/Other"},
        },
    }


def test_a_keyword_that_is_not_known_is_refused() -> None:
    module = Module(MODULE.replace('keyword:"enum"', 'keyword:"oneOf"'), {})
    with pytest.raises(ValueError, match="oneOf"):
        module.schema(module.exported)


def test_an_error_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(AssertionError, match="does not know"):
        Module(MODULE.replace('schemaPath:"#/enum",', ""), {})


def test_every_reference_leads_somewhere() -> None:
    for line in json.dumps(CUSTOM, indent=0).splitlines():
        if '"$ref": "#/$defs/' in line:
            assert line.split("/")[-1].strip('",') in CUSTOM["$defs"]
