"""Languages that a conversation may be declared in: exactly those that the speech engine knows, so that a slip is told at the door."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

LANGUAGES = frozenset(
    """af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka kk km
    kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk
    tl tr tt uk ur uz vi yi yo yue zh""".split()
)
"""Whisper's codes; a test compares them with the engine's own list."""
ALIASES = dict(
    pair.split(":")
    for pair in """afr:af alb:sq amh:am ara:ar arm:hy asm:as aze:az bak:ba baq:eu bel:be ben:bn bod:bo bos:bs bre:br bul:bg bur:my cat:ca
    ces:cs chi:zh cym:cy cze:cs dan:da deu:de dut:nl ell:el eng:en est:et eus:eu fao:fo fas:fa fin:fi fra:fr fre:fr geo:ka ger:de glg:gl
    gre:el guj:gu hat:ht hau:ha heb:he hin:hi hrv:hr hun:hu hye:hy ice:is ind:id isl:is ita:it jav:jw jpn:ja jv:jw kan:kn kat:ka kaz:kk
    khm:km kor:ko lao:lo lat:la lav:lv lin:ln lit:lt ltz:lb mac:mk mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mon:mn mri:mi msa:ms
    mya:my nep:ne nld:nl nno:nn nor:no oci:oc pan:pa per:fa pol:pl por:pt pus:ps ron:ro rum:ro rus:ru san:sa sin:si slk:sk slo:sk slv:sl
    sna:sn snd:sd som:so spa:es sqi:sq srp:sr sun:su swa:sw swe:sv tam:ta tat:tt tel:te tgk:tg tgl:tl tha:th tib:bo tuk:tk tur:tr ukr:uk
    urd:ur uzb:uz vie:vi wel:cy yid:yi yor:yo zho:zh cmn:zh fil:tl iw:he ji:yi mo:ro nb:no nob:no""".split()
)
"""ISO 639-2 codes of the same languages, ISO 639-1's own code of Javanese, and what BCP-47 clients say in place of the engine's code."""
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")


def language_code(value: object) -> object:
    """The engine's code of the primary language of a BCP-47 tag. Raises ValueError, which says what is allowed."""
    if not isinstance(value, str):
        return value
    tag = _TAG.fullmatch(value)
    primary = tag[1].lower() if tag else value
    code = ALIASES.get(primary, primary)
    if code not in LANGUAGES:
        raise ValueError(
            f"not a language that can be recognised: leave it out, or give one of {', '.join(sorted(LANGUAGES))}"
        )
    return code


Language = Annotated[
    str,
    BeforeValidator(language_code),
    WithJsonSchema(
        {
            "type": "string",
            "enum": sorted(LANGUAGES),
            "description": "ISO 639-1, as the speech engine names it. ISO 639-2 (`rus`, `eng`) and BCP-47 tags (`ru-RU`, `zh-Hans-CN`) "
            "are taken as well and kept by their primary language. Without it, found by ear.",
        }
    ),
]
