"""`visible_if` in the words of XLSForm, there and back."""

import pytest

from instrument.interchange import relevance
from instrument.questionnaire import Condition

ONE = Condition(any_of=("AT01",), answered=(2,))
CONDITIONS = [
    (),
    (ONE,),
    (Condition(any_of=("AT01", "AT02"), answered=(2, 3, 4)),),
    (ONE, Condition(any_of=("AT02", "AT01"), answered=(4, 1))),
]


@pytest.mark.parametrize("conditions", CONDITIONS)
def test_what_is_written_is_read_again(conditions: tuple[Condition, ...]):
    text = relevance.expression(conditions)
    read = relevance.conditions(text) if text else []
    assert tuple(Condition(tuple(each["any_of"]), tuple(each["answered"])) for each in read) == conditions


@pytest.mark.parametrize(
    "text",
    [
        "${AT01} = 2",
        "${AT01}='2'",
        'selected( ${AT01} , "2" )',
        "((selected(${AT01}, '2')))",
        "${AT01} = 2 or ${AT01} = 2",
    ],
)
def test_people_write_it_in_many_ways(text: str):
    assert relevance.conditions(text) == [{"any_of": ["AT01"], "answered": [2]}]


def test_and_binds_more_than_or():
    """As in XPath: a or b and c is a or (b and c), which an item bank cannot say."""
    with pytest.raises(relevance.RelevanceError, match='has "and" inside "or"'):
        relevance.conditions("${AT01} = 1 or ${AT02} = 1 and ${AT03} = 1")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("${AT01} > 2", "cannot be read"),
        ("not(selected(${AT01}, '2'))", "cannot be read"),
        ("(${AT01} = 2", "misses a closing bracket"),
        ("${AT01} = 2)", "a bracket too many"),
        ("${AT01} = 2 or", "ends too early"),
        ("or ${AT01} = 2", 'has "or" where an answer'),
        ("${AT01} = 2 or ${AT02} = 3", "joins different answers"),
        ("(" * 5_000, "too many brackets"),
        ("${AT01} = 2 or " * 5_000, "too long"),
    ],
)
def test_what_it_cannot_say_it_refuses(text: str, fault: str):
    with pytest.raises(relevance.RelevanceError, match=fault):
        relevance.conditions(text)


def test_what_stands_before_questions_for_everybody_has_no_condition():
    assert relevance.any_of([(ONE,), ()]) == ""
    assert relevance.any_of([(ONE,), (ONE,)]) == "(selected(${AT01}, '2'))"
