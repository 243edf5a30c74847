"""The parts of a training dialogue, each writing its pieces: opening, needs, offer, objection, closing, end."""

from auricle_contracts import Channel

from auricle_samples.dialogues.script import Script
from auricle_samples.dialogues.training.cast import Cast
from auricle_samples.dialogues.training.profiles import Moves
from auricle_samples.dialogues.truth import HANDLING, Mark

NEEDS_ANGERED = {Mark.RUDENESS, Mark.BLAME, Mark.INTERRUPTION}


def opening(cast: Cast, script: Script, *, inbound: bool, mood: str) -> None:
    """Greeting and the reason for the conversation; in inbound text channels the customer writes first."""
    text_first = inbound and cast.channel is not Channel.CALL
    if text_first:
        _problem(cast, script, mood)
    polite = cast.chance(cast.style.greeting)
    if polite:
        script.agent(cast.act("opening_in" if inbound else "opening_out"), Mark.OPENING, Mark.GREETING)
    else:
        script.agent(cast.act("opening_dry" if inbound else "opening_dry_out"), Mark.OPENING, error="no_greeting")
    if inbound and not text_first:
        script.customer(cast.says("reply_in"))
        _problem(cast, script, mood)
    elif not inbound:
        script.customer(cast.says("reply_out"))
        if mood == "hurried":
            script.customer(cast.says("hurried"))
        script.agent(cast.agent(cast.subject("reason")), Mark.SUBJECT)
    manners(cast, script, upset=mood == "irritated" and inbound)


def manners(cast: Cast, script: Script, *, upset: bool) -> None:
    """Sympathy and apology where there is something to be sorry for."""
    if upset or cast.chance(0.3):
        if cast.chance(cast.style.empathy):
            script.agent(cast.act("empathy"), Mark.EMPATHY)
        if upset and cast.chance(cast.style.apology):
            script.agent(cast.act("apology"), Mark.APOLOGY)


def misbehave(cast: Cast, script: Script) -> None:
    """At most one of the style's bad habits; the customer may take offence."""
    for mark, probability in cast.style.bad.items():
        if cast.chance(probability / 2):
            script.agent(cast.act(mark.value), mark, error=mark.value)
            if mark in NEEDS_ANGERED and cast.chance(0.6):
                script.customer(cast.says("offended"))
            return


def name(cast: Cast, script: Script) -> None:
    """The agent asks the customer's name and uses it; in writing it is sometimes misspelt."""
    script.agent(cast.act("ask_name"))
    script.customer(cast.says("give_name"))
    if cast.channel is not Channel.CALL and cast.chance(0.25):
        script.agent(_misspelt(cast), error="name_misspelt")
    else:
        script.agent(cast.act("by_name"))


def needs(cast: Cast, script: Script, questions: int) -> None:
    """The agent asks about the customer's situation and gets answers; a letter asks everything at once."""
    pairs = cast.rng.sample(cast.scenario.text["need"], min(questions, len(cast.scenario.text["need"])))
    if cast.chance(0.6):
        script.agent(cast.act("lead_needs"))
    if cast.channel is Channel.EMAIL:
        for question, _ in pairs:
            _ask(cast, script, question)
        for _, answer in pairs:
            script.customer(cast.customer(answer))
        return
    for question, answer in pairs:
        _ask(cast, script, question)
        script.customer(cast.customer(answer))


def slips(cast: Cast, script: Script) -> None:
    """Mistakes that are no rudeness: pet words, secrets asked for, promises without ground."""
    for error, probability in cast.style.slips.items():
        if cast.chance(probability):
            script.agent(cast.act({"asks_secret_data": "asks_secret"}.get(error, error)), error=error)
            if error == "asks_secret_data":
                script.customer(cast.says("why_secret"))


def offer(cast: Cast, script: Script, details: int) -> None:
    """The agent describes what can be had; the customer may ask for details."""
    if cast.channel is Channel.CALL and cast.chance(0.25):
        script.agent(cast.act("hold"), hold=True)
        script.customer(cast.says("wait_ok"))
        if cast.chance(cast.style.farewell):
            script.agent(cast.act("back_from_hold"))
    sentences = cast.rng.sample(cast.scenario.text["offer"], cast.rng.choice((1, 1, 2)))
    lead = cast.act("lead_offer").rstrip(".!") if cast.chance(0.7) else ""
    first = cast.agent(sentences[0])
    script.agent(f"{lead} {first[0].lower() + first[1:]}" if lead else first, Mark.OFFER)
    for sentence in sentences[1:]:
        script.agent(cast.agent(sentence))
    for question, answer in cast.rng.sample(cast.scenario.text["detail"], details):
        script.customer(cast.customer(question))
        script.agent(cast.agent(answer))


def objection(cast: Cast, script: Script, kind: str, moves: Moves, *, persuaded: bool) -> None:
    """One objection and the agent's reply, move by move."""
    script.customer(_doubt(cast, kind), Mark.OBJECTION)
    for move in moves:
        script.agent(_move(cast, kind, move), move, error=move.value if HANDLING[move] <= 0 else None)
        if move is Mark.CLARIFY:
            script.customer(cast.says("clarified"))
    script.customer(cast.says("softened" if persuaded else "unconvinced"))


def ending(cast: Cast, script: Script, signal: Mark, *, offered: bool) -> None:
    """The customer's last word on the matter, and the goodbye."""
    if signal in (Mark.BOUGHT, Mark.NEXT_STEP):
        script.agent(cast.agent(cast.rng.choice(cast.scenario.text["close"])), Mark.CLOSING)
    elif offered and signal in (Mark.DECLINED, Mark.THINKS) and cast.chance(0.25):
        script.agent(cast.agent(cast.rng.choice(cast.scenario.text["close"])))
    in_writing = signal is Mark.CUT_OFF and cast.channel is not Channel.CALL
    script.customer(cast.says("cut_off_text" if in_writing else signal.value), signal)
    if signal in (Mark.BOUGHT, Mark.NEXT_STEP):
        script.agent(cast.act("fixed" if signal is Mark.BOUGHT else "fixed_step"))
    elif signal is Mark.CUT_OFF and cast.chance(0.6):
        script.agent(cast.act("rush_bye"))
    _goodbye(cast, script, signal)


def _goodbye(cast: Cast, script: Script, signal: Mark) -> None:
    if cast.chance(cast.style.farewell):
        script.agent(cast.act("farewell"), Mark.FAREWELL)
    elif cast.chance(0.5):
        script.agent(cast.act("farewell_dry"), error="no_farewell")
    if signal not in (Mark.FORBIDS, Mark.CUT_OFF) and cast.channel is not Channel.EMAIL and cast.chance(0.6):
        script.customer(cast.says("thanks"))


def _problem(cast: Cast, script: Script, mood: str) -> None:
    script.customer(cast.customer(cast.subject("problem")), Mark.SUBJECT)
    if mood in ("irritated", "hurried") and cast.chance(0.7):
        script.customer(cast.says(mood))


def _ask(cast: Cast, script: Script, question: str) -> None:
    if cast.chance(cast.style.courtesy):
        script.agent(
            cast.agent(f"{cast.rng.choice(cast.acts['agent']['courtesy'])} {question}"), Mark.COURTESY, Mark.NEEDS
        )
    else:
        script.agent(cast.agent(question), Mark.NEEDS)


def _doubt(cast: Cast, kind: str) -> str:
    if kind == "own":
        return cast.customer(cast.rng.choice(cast.scenario.text["objection"]))
    return cast.customer(cast.rng.choice(cast.acts["customer"]["objection"][kind]))


def _move(cast: Cast, kind: str, move: Mark) -> str:
    agent = cast.acts["agent"]
    if move is Mark.CLARIFY:
        return cast.agent(cast.rng.choice(agent["clarify"].get(kind, []) + agent["clarify"]["any"]))
    if move is Mark.ARGUMENT:
        own = cast.scenario.text["argument"]
        return cast.agent(cast.rng.choice(own if kind == "own" else agent["argument"][kind]))
    if move is Mark.CONCESSION:
        return cast.agent(cast.rng.choice(agent["concession"]["any"]))
    return cast.act(move.value)


def _misspelt(cast: Cast) -> str:
    """A reply that swaps two letters of the customer's name."""
    right = cast.slots["name"]
    spot = cast.rng.randrange(1, len(right.split()[0]) - 1)
    wrong = right[:spot] + right[spot + 1] + right[spot] + right[spot + 2 :]
    cast.slots["name"] = wrong if wrong != right else right + right[-1]
    text = cast.act("by_name")
    cast.slots["name"] = right
    return text
