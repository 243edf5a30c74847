"""How words of a language are cut, lemmatised and grouped. A language is a file in `prompts/languages/`; this is what reads it.

Compressor and rules both stand on it: what one protects and the other counts must be the same words.
"""

from auricle_languages.amount import Amount
from auricle_languages.amounts import amounts
from auricle_languages.analysis import AnalysedTurn, analyse_turn, analyse_turns, covered, fluently, in_each_language
from auricle_languages.dates import Moment, dates
from auricle_languages.language import Language, Languages
from auricle_languages.mixing import mix, mixes
from auricle_languages.morphology import Analysis, Morphology, morphology
from auricle_languages.number import Number
from auricle_languages.numerals import numbers
from auricle_languages.pack import DateWords, LanguagePack, NumberWords, load_pack, load_packs
from auricle_languages.phrases import Hit, PhraseBook, by_place
from auricle_languages.references import Reference
from auricle_languages.sentiment import Loaded, Polarity, Sentiment, sentiment
from auricle_languages.words import Token, tokenize

__all__ = [
    "Amount",
    "AnalysedTurn",
    "Analysis",
    "DateWords",
    "Hit",
    "Language",
    "LanguagePack",
    "Languages",
    "Loaded",
    "Moment",
    "Morphology",
    "Number",
    "NumberWords",
    "PhraseBook",
    "Polarity",
    "Reference",
    "Sentiment",
    "Token",
    "amounts",
    "analyse_turn",
    "analyse_turns",
    "by_place",
    "covered",
    "dates",
    "fluently",
    "in_each_language",
    "load_pack",
    "load_packs",
    "mix",
    "mixes",
    "morphology",
    "numbers",
    "sentiment",
    "tokenize",
]
