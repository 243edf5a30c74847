"""Who reads a script: the parts that a call has, and the speakers that festival's voices are made into."""

from __future__ import annotations

from typing import Literal

from auricle_contracts import Role

from auricle_samples.voice.festival import KAL, KED, RUSSIAN, SLT, Speaker
from auricle_samples.voice.recording import AGENT, CUSTOMER

Part = Literal["agent", "customer", "second_agent", "ivr", "voicemail", "bot"]
TRACKS: dict[Part, int] = {
    "agent": AGENT,
    "customer": CUSTOMER,
    "second_agent": AGENT,
    "ivr": AGENT,
    "voicemail": CUSTOMER,
    "bot": AGENT,
}
ROLES: dict[Part, Role] = {
    "agent": Role.AGENT,
    "customer": Role.CUSTOMER,
    "second_agent": Role.AGENT,
    "ivr": Role.IVR,
    "voicemail": Role.IVR,
    "bot": Role.BOT,
}
SAMPLES = {
    "nikolai": Speaker(RUSSIAN),
    "oleg": Speaker(RUSSIAN, 0.85, 0.94),
    "kirill": Speaker(RUSSIAN, 1.15, 1.03, 1.05),
    "irina": Speaker(RUSSIAN, 1.6, 1.12, 1.05),
    "anna": Speaker(RUSSIAN, 1.75, 1.15),
    "vera": Speaker(RUSSIAN, 1.4, 1.15, 1.03),
    "sally": Speaker(SLT),
    "ken": Speaker(KED),
    "ed": Speaker(KAL, 0.95, 1.0, 1.05),
}
HELD_OUT = {
    "pavel": Speaker(RUSSIAN, 0.92, 0.97, 0.97),
    "stepan": Speaker(RUSSIAN, 0.8, 0.9, 0.98),
    "artur": Speaker(RUSSIAN, 1.08, 1.06, 1.08),
    "denis": Speaker(RUSSIAN, 1.22, 1.0, 1.02),
    "lidia": Speaker(RUSSIAN, 1.5, 1.1, 0.98),
    "tamara": Speaker(RUSSIAN, 1.35, 1.1, 0.95),
    "zoya": Speaker(RUSSIAN, 1.85, 1.17, 1.06),
    "kira": Speaker(RUSSIAN, 1.68, 1.18, 1.02),
    "raisa": Speaker(RUSSIAN, 1.55, 1.08, 1.08),
    "announcer": Speaker(RUSSIAN, 1.62, 1.13, 0.92),
    "martha": Speaker(SLT, 0.92, 0.97, 0.98),
    "grace": Speaker(SLT, 1.12, 1.04, 1.04),
    "hugh": Speaker(KED, 0.9, 0.95, 0.98),
    "neil": Speaker(KAL, 1.1, 1.05, 1.04),
    "announcer_en": Speaker(SLT, 1.05, 1.0, 0.92),
}
SECOND_HELD_OUT = {
    "fyodor": Speaker(RUSSIAN, 0.88, 0.93, 1.02),
    "maxim": Speaker(RUSSIAN, 1.14, 1.02, 1.0),
    "gleb": Speaker(RUSSIAN, 0.98, 0.96, 1.07),
    "egor": Speaker(RUSSIAN, 1.05, 0.98, 0.99),
    "boris": Speaker(RUSSIAN, 0.78, 0.92, 0.94),
    "nina": Speaker(RUSSIAN, 1.46, 1.12, 1.03),
    "olga": Speaker(RUSSIAN, 1.6, 1.14, 0.97),
    "yana": Speaker(RUSSIAN, 1.7, 1.13, 1.03),
    "sofia": Speaker(RUSSIAN, 1.8, 1.19, 1.08),
    "galina": Speaker(RUSSIAN, 1.38, 1.07, 0.9),
    "informer": Speaker(RUSSIAN, 1.52, 1.16, 0.94),
    "joan": Speaker(SLT, 0.96, 1.02, 1.03),
    "ruth": Speaker(SLT, 1.04, 1.0, 0.97),
    "walter": Speaker(KED, 1.08, 1.03, 1.02),
    "frank": Speaker(KAL, 0.9, 0.97, 0.98),
    "menu_en": Speaker(SLT, 1.1, 1.05, 0.94),
}
DEVELOPMENT = {
    "timur": Speaker(RUSSIAN, 0.97, 0.98, 1.04),
    "zakhar": Speaker(RUSSIAN, 1.04, 0.96, 1.0),
    "artem": Speaker(RUSSIAN, 1.12, 1.01, 1.05),
    "ludmila": Speaker(RUSSIAN, 1.43, 1.09, 1.0),
    "polina": Speaker(RUSSIAN, 1.66, 1.15, 1.04),
    "rimma": Speaker(RUSSIAN, 1.54, 1.12, 1.06),
    "machine_ru": Speaker(RUSSIAN, 1.48, 1.14, 0.93),
    "iris": Speaker(SLT, 1.0, 1.0, 1.02),
    "hazel": Speaker(SLT, 1.07, 1.02, 1.0),
    "percy": Speaker(KED, 0.96, 0.98, 1.0),
}
SPEAKERS = SAMPLES | HELD_OUT | SECOND_HELD_OUT | DEVELOPMENT
