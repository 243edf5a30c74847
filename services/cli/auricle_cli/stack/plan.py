"""Which processes the stack has, in the order in which they start, and the environment that they share."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auricle_cli.stack.ports import LOOPBACK

SERVICES = ("llm", "compressor", "rules", "gateway", "keeper", "asr", "scorer", "console")


@dataclass(frozen=True)
class Plan:
    """Everything that the processes must agree on. `settings` are the caller's own and win over everything."""

    root: Path
    state: Path
    ports: dict[str, int]
    database_url: str
    masking_keys: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://{LOOPBACK}:{self.ports[service]}"

    @property
    def redis_url(self) -> str:
        return f"redis://{LOOPBACK}:{self.ports['redis']}/0"

    @property
    def blob_url(self) -> str:
        return f"file://{self.state / 'blobs'}"

    def shared(self) -> dict[str, str]:
        """The settings that several services read; what the user exported wins over ours."""
        ours = {
            "AURICLE_DATABASE_URL": self.database_url,
            "AURICLE_MASKING_KEYS": self.masking_keys,
            "AURICLE_REDIS_URL": self.redis_url,
            "AURICLE_BLOB_URL": self.blob_url,
            "AURICLE_COMPRESSOR_URL": self.url("compressor"),
            "AURICLE_RULES_URL": self.url("rules"),
            "AURICLE_MODEL_URL": self.url("llm") + "/v1",
            "AURICLE_MODEL_NAME": "judge",
            "AURICLE_SPEECH_MODEL": str(self.root / "models" / "speech"),
            "AURICLE_JUDGE_DIR": str(self.root / "models" / "judge"),
            "AURICLE_PROMPTS_DIR": str(self.root / "prompts"),
            "AURICLE_CALIBRATION": str(self.root / "models" / "judge" / "calibration.json"),
            "AURICLE_GATEWAY_URL": self.url("gateway"),
            "AURICLE_CONSOLE_URL": self.url("console"),
            "AURICLE_ASR_URL": self.url("asr"),
            "AURICLE_SCORER_URL": self.url("scorer"),
            "AURICLE_TRACE_FILE": str(self.state / "traces.jsonl"),
            "HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "0"),
        }
        # A driver that somebody chose (AURICLE_TRAINING_DRIVER=process) has all that it needs.
        judge = os.environ.get("AURICLE_JUDGE_DIR", ours["AURICLE_JUDGE_DIR"])
        ours |= {
            "AURICLE_TRAINING_SECRET": hashlib.sha256(f"training {self.masking_keys}".encode()).hexdigest(),
            "AURICLE_TRAINING_DIR": str(self.state / "trainings"),
            "AURICLE_ADAPTERS_URL": f"file://{Path(judge).resolve() / 'adapters'}",
            "AURICLE_ROOT": str(self.root),
        }
        chosen = {name: value for name, value in os.environ.items() if name.startswith("AURICLE_")}
        allowed = {name: value for name, value in chosen.items() if name not in ours or name in USER_MAY_CHOOSE}
        told = allowed | dict(self.settings)
        if "AURICLE_JUDGE_DIR" in told:  # another judge's confidence is not calibrated by the shipped one's curves
            own = Path(told["AURICLE_JUDGE_DIR"]) / "calibration.json"
            ours |= {"AURICLE_CALIBRATION": str(own)}
            if not own.is_file():
                del ours["AURICLE_CALIBRATION"]
        return ours | told

    def environment(self, service: str) -> dict[str, str]:
        """The whole environment of one service's process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AURICLE_")}
        own = {"AURICLE_PORT": str(self.ports[service]), "AURICLE_STATE": str(self.state)}
        return kept | self.shared() | own | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "2"}

    def command(self, service: str) -> list[str]:
        """How to start it; `asr2` is a second process of `asr`."""
        return [sys.executable, "-m", f"auricle_{service.rstrip('0123456789')}"]


# What brings real weights, the address of a real model server, and keys that are kept elsewhere.
USER_MAY_CHOOSE = {
    "AURICLE_SPEECH_MODEL",
    "AURICLE_JUDGE_DIR",
    "AURICLE_MODEL_URL",
    "AURICLE_MODEL_NAME",
    "AURICLE_PROMPTS_DIR",
    "AURICLE_MASKING_KEYS",
    "AURICLE_CALIBRATION",
    "AURICLE_ADAPTERS_URL",
    "AURICLE_TRAINING_DIR",
}
