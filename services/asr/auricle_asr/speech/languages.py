"""Which language it is, where an engine says it in its own way (OpenAI's servers: "russian") or cannot say it at all."""

import re

_CYRILLIC, _LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
CODES = {
    "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "belarusian": "be", "bulgarian": "bg", "chinese": "zh", "czech": "cs",
    "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "georgian": "ka", "german": "de",
    "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "italian": "it", "japanese": "ja", "kazakh": "kk",
    "korean": "ko", "kyrgyz": "ky", "latvian": "lv", "lithuanian": "lt", "mongolian": "mn", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "spanish": "es", "swedish": "sv", "tajik": "tg",
    "tatar": "tt", "turkish": "tr", "ukrainian": "uk", "uzbek": "uz", "vietnamese": "vi",
}  # fmt: skip


def code_of(language: str) -> str:
    """The ISO 639-1 code, or "" for a language that we cannot name."""
    spoken = language.strip().lower()
    return spoken if len(spoken) in (2, 3) and spoken.isalpha() else CODES.get(spoken, "")


def language_of_letters(text: str) -> str:
    """`ru` or `en` by the alphabet of most letters, "" without letters: for models that were trained without language tokens."""
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic == latin:
        return ""
    return "ru" if cyrillic > latin else "en"
