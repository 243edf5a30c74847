"""What an evaluation says, as it counts, of each criterion and error class: the states that golden labels have, and `undetermined`.

For conditions on items and for numbers of them, so that a number and the list behind it are the same.
"""

from typing import Literal, get_args

from sqlalchemy import ColumnElement, literal_column, text

SubjectState = Literal["found", "not_found", "answered", "not_applicable", "undetermined"]
STATES: tuple[str, ...] = get_args(SubjectState)
# Of an evaluation {0}. A finding that counts is `found` whoever said it; a rejected one was looked for and is not there.
SAID = """
    SELECT 'criterion' AS kind, a.criterion AS subject, a.state FROM effective_answers a
    WHERE a.evaluation_id = {0} AND a.layer <> 'metadata' AND a.kind <> 'text'
    UNION
    SELECT 'error_class', f.error_class, 'found' FROM effective_findings f
    WHERE f.evaluation_id = {0} AND f.counts AND NOT f.experimental
    UNION
    SELECT 'error_class', o ->> 'error_class', CASE o ->> 'state' WHEN 'undetermined' THEN 'undetermined' ELSE 'not_found' END
    FROM evaluations e CROSS JOIN jsonb_array_elements(e.outcomes) AS o
    WHERE e.id = {0} AND NOT EXISTS (SELECT FROM effective_findings f
        WHERE f.evaluation_id = e.id AND f.error_class = o ->> 'error_class' AND f.counts AND NOT f.experimental)
"""
_OF_ITEM = SAID.format("review_items.evaluation_id")
_HAS = f"EXISTS (SELECT FROM ({_OF_ITEM}) AS said WHERE said.subject = :subject AND said.state = :subject_state)"
_NAMED = "EXISTS (SELECT FROM jsonb_each(review_items.details) AS one WHERE one.value ? :subject)"


def about(subject: str, state: SubjectState | None) -> ColumnElement[bool]:
    """Of items: whose evaluation says so of the subject; without a state, those of which a reason names it."""
    condition = text(_NAMED if state is None else _HAS)
    given = {"subject": subject} if state is None else {"subject": subject, "subject_state": state}
    return literal_column("true") & condition.bindparams(**given)
