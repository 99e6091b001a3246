"""`visible_if` as the condition of an XLSForm (`relevant`), there and back; refuses what it cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from instrument.questionnaire import Condition

LONGEST: Final = 20_000
"""Signs. Ten conditions on ten questions with ten answers each take as many."""
DEEPEST: Final = 20
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<selected>selected\(\s*\$\{(?P<item>\w+)\}\s*,\s*['"](?P<value>-?\d{1,4})['"]\s*\))
    |(?P<equal>\$\{(?P<item2>\w+)\}\s*=\s*['"]?(?P<value2>-?\d{1,4})\b['"]?)
    |(?P<and>and\b)|(?P<or>or\b)|(?P<open>\()|(?P<close>\)))""",
    re.VERBOSE,
)

Term: TypeAlias = "tuple[str, int]"
"""The code of an item, and one of its options."""


class RelevanceError(ValueError):
    """A condition cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Terms and groups joined by one word, `and` or `or`."""

    word: str
    parts: tuple[_Group | Term, ...]


def expression(conditions: Sequence[Condition]) -> str:
    """Return the conditions in the language of XLSForm; empty where everybody sees the question."""
    alternatives = [
        " or ".join(
            f"selected(${{{code}}}, '{value}')" for code in condition.any_of for value in condition.answered
        )
        for condition in conditions
    ]
    if len(alternatives) == 1:
        return alternatives[0]
    return " and ".join(f"({alternative})" for alternative in alternatives)


def any_of(conditions: Iterable[Sequence[Condition]]) -> str:
    """Return the condition of what stands before some questions; empty where everybody sees one of them."""
    alternatives = [expression(each) for each in conditions]
    if not all(alternatives):
        return ""
    return " or ".join(f"({each})" for each in dict.fromkeys(alternatives))


def conditions(text: str) -> list[dict[str, Any]]:
    """Return the conditions behind an expression, as they stand in an item bank.

    Raises:
        RelevanceError: it holds something else than selected(), =, and, or, and brackets.
    """
    if len(text) > LONGEST:
        raise RelevanceError("is too long; split the question")
    tokens = _tokens(text)
    tree = _disjunction(tokens, 0)
    if tokens:
        raise RelevanceError("has a bracket too many; remove it")
    return [_condition(part) for part in _conjuncts(tree)]


def _tokens(text: str) -> list[re.Match[str]]:
    found, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].strip()[:20]
            raise RelevanceError(f"cannot be read from \"{rest}\" on; write it as selected(${{AT01}}, '2')")
        found.append(match)
        place = match.end()
    return found


def _disjunction(tokens: list[re.Match[str]], depth: int) -> _Group | Term:
    return _joined(tokens, "or", lambda: _joined(tokens, "and", lambda: _operand(tokens, depth)))


def _joined(tokens: list[re.Match[str]], word: str, part: Any) -> _Group | Term:  # noqa: ANN401 - a parser
    parts = [part()]
    while tokens and tokens[0][word]:
        tokens.pop(0)
        parts.append(part())
    return parts[0] if len(parts) == 1 else _Group(word, tuple(parts))


def _operand(tokens: list[re.Match[str]], depth: int) -> _Group | Term:
    if not tokens or depth > DEEPEST:
        raise RelevanceError("ends too early, or has too many brackets; complete it")
    token = tokens.pop(0)
    if token["open"]:
        inner = _disjunction(tokens, depth + 1)
        if not tokens or not tokens.pop(0)["close"]:
            raise RelevanceError("misses a closing bracket; add it")
        return inner
    if not token["selected"] and not token["equal"]:
        raise RelevanceError(f'has "{token[0].strip()}" where an answer is expected; correct it there')
    return token["item"] or token["item2"], int(token["value"] or token["value2"])


def _conjuncts(tree: _Group | Term) -> list[_Group | Term]:
    if isinstance(tree, _Group) and tree.word == "and":
        return [inner for part in tree.parts for inner in _conjuncts(part)]
    return [tree]


def _condition(tree: _Group | Term) -> dict[str, Any]:
    terms = _alternatives(tree)
    codes, values = list(dict.fromkeys(code for code, _ in terms)), list(dict.fromkeys(v for _, v in terms))
    if {(code, value) for code in codes for value in values} != set(terms):
        raise RelevanceError(
            'joins different answers of several questions by "or"; give each the same answers'
        )
    return {"any_of": codes, "answered": values}


def _alternatives(tree: _Group | Term) -> list[Term]:
    if not isinstance(tree, _Group):
        return [tree]
    if tree.word == "and":
        raise RelevanceError('has "and" inside "or"; write it as (… or …) and (… or …)')
    return [term for part in tree.parts for term in _alternatives(part)]
