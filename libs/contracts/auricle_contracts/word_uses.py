"""Words that go together with a choice of conversations, against the rest."""

from auricle_contracts.contract import Contract


class WordQuoteView(Contract):
    """A masked turn that says the word."""

    conversation_id: str
    text: str


class WordUseView(Contract):
    """A word, a form of it as it is said, in `chosen` conversations of the choice and `others` of the rest, once a conversation.

    `log_odds` with its 95 % interval (informative Dirichlet prior): above 0 it goes with the choice. `is_told`: it stands out among all
    words that were compared at a false discovery rate of 5 %; the others may be chance.
    """

    word: str
    chosen: int
    others: int
    log_odds: float
    low: float
    high: float
    is_told: bool
    quotes: tuple[WordQuoteView, ...]


class WordUsesView(Contract):
    """`chosen` and `others` conversations have text, `compared` words stand in five or more. Each side's words the farthest first.

    `is_cut`: there are more conversations, of which the newest were read.
    """

    chosen: int
    others: int
    compared: int
    is_cut: bool
    with_choice: tuple[WordUseView, ...]
    with_others: tuple[WordUseView, ...]
