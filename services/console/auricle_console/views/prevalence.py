"""How often an error class occurs, in words."""

from auricle_contracts.prevalence import ClassPrevalence

from auricle_console.formatting import day, number
from auricle_console.wording import Wording


def prevalence(found: ClassPrevalence | None, words: Wording) -> str:
    """The share with its interval, how it is known, n and period; that nobody looked for it. Empty where it may not be read."""
    if found is None:
        return ""
    if found.share is None or found.low is None or found.high is None:
        return words("prevalence.none")
    share, low, high = (number(100 * one, words.language) for one in (found.share, found.low, found.high))
    told = words("prevalence.share", share=share, low=low, high=high)
    how = words(f"prevalence.{found.method}", n=found.machine.looked, audited=found.audited.looked)
    return f"{told} {how}; {day(found.since, words)} – {day(found.until, words)}"
