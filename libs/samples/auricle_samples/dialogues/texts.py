"""The written samples of the demo and the tests: chats and letters that can be posted as they are, each with its truth.

`python -m auricle_samples.dialogues.texts FOLDER` writes them again from their seeds.
"""

import sys
from pathlib import Path

from auricle_contracts import Channel

from auricle_samples.dialogues.dialogue import Language
from auricle_samples.dialogues.training.composer import compose

# name → seed, channel, language; chosen for their variety, never for what a model says about them
SAMPLES: dict[str, tuple[int, Channel, Language]] = {
    "chat-refund": (1010, Channel.CHAT, "ru"),
    "chat-bank-card": (1030, Channel.CHAT, "ru"),
    "chat-delivery-en": (1122, Channel.CHAT, "en"),
    "email-insurance": (1027, Channel.EMAIL, "ru"),
    "email-complaint": (1001, Channel.EMAIL, "ru"),
}


def bodies() -> dict[str, str]:
    """File name → JSON: the body for POST /v1/conversations, and `*.truth.json` beside it."""
    files = {}
    for name, (seed, channel, language) in SAMPLES.items():
        dialogue = compose(seed, "dev", channel, language)
        body = dialogue.conversation().model_dump_json(exclude_defaults=True, indent=2)
        files[f"{name}.json"] = body + "\n"
        files[f"{name}.truth.json"] = dialogue.truth.model_dump_json(indent=2) + "\n"
    return files


def main(folder: Path) -> None:
    """Write every sample to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in bodies().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
