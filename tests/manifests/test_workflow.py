"""The GitHub workflow and `.ci/run` call targets that the Makefile has."""

import re

import yaml
from manifests.release import ROOT

TARGET = re.compile(r"^([a-z][\w-]*):", re.MULTILINE)
CALLED = re.compile(r"\b(?:make|step|torch_step) ([a-z][\w-]*)")
QUEUED = re.compile(r"^TARGETS=\((.*)\)$", re.MULTILINE)


def unknown(script: str, makefile: str) -> set[str]:
    """Targets that a script calls or queues and the Makefile does not have."""
    queued = {target for listed in QUEUED.findall(script) for target in listed.split()}
    return (set(CALLED.findall(script)) | queued) - set(TARGET.findall(makefile))


def test_the_workflow_runs_what_everybody_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {"run": ".ci/run"} in steps
    makefile = (ROOT / "Makefile").read_text()
    ran = (ROOT / ".ci" / "run").read_text().partition("step() {")[2].partition("\n")[2]
    assert " manifests " in QUEUED.findall(ran)[0]
    assert unknown(ran, makefile) == set()
    assert unknown("step tset; torch_step test-vlm; make clean", makefile) == {"tset", "test-vlm"}
    assert unknown("TARGETS=(test imaegs)", makefile) == {"imaegs"}
