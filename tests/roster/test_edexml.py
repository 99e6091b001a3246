"""Counts out of EDEXML and UWLR: right, and with nothing of any pupil in what comes out."""

from __future__ import annotations

import pickle
from contextlib import suppress
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instrument.afname import Stamgroep
from instrument.roster import edexml, reader
from instrument.roster.rules import RosterFaults

OWN = "02QZ00"
SECRETS = ("Janssen", "Fatima", "2017-03-04", "leerling-key-1", "123456782", "https://eckid.example/abc")
PUPIL = (
    "<leerling key={key} eckid='https://eckid.example/abc'><achternaam>Janssen</achternaam>"
    "<roepnaam>Fatima</roepnaam><geboortedatum>2017-03-04</geboortedatum><geslacht>2</geslacht>"
    "<jaargroep>{year}</jaargroep><groep key={group}/><bsn_ondwnr-4>123456782</bsn_ondwnr-4></leerling>"
)
SCHOOL = (
    "<school><schooljaar>2026-2027</schooljaar><brincode>{brin}</brincode>"
    "<dependancecode>{place}</dependancecode></school>"
)
GROUPS = "<groepen>{}<samengestelde_groep key='S1'><naam>Plusklas</naam></samengestelde_groep></groepen>"
GROUP = "<groep key={key}><naam>{name}</naam><jaargroep>{year}</jaargroep></groep>"


def pupil(group: str = "G7", year: object = 7) -> str:
    return PUPIL.format(key="'leerling-key-1'", group=quoteattr(group), year=year)


def document(
    pupils: str, *, brin: str = "02QZ", place: str = "00", head: str = "", root: str = "EDEX"
) -> bytes:
    names = "".join(GROUP.format(key=f"'G{year}'", name=f"Groep {year}", year=year) for year in (6, 7, 8))
    school = SCHOOL.format(brin=brin, place=place)
    body = f"<{root} xmlns='urn:x'>{school}{GROUPS.format(names)}<leerlingen>{pupils}</leerlingen></{root}>"
    return f"<?xml version='1.0' encoding='UTF-8'?>{head}{body}".encode()


def read(content: bytes) -> reader.Found:
    return reader.read(content, sector="po", vestigingsnummer=OWN)


def fault(content: bytes) -> str:
    with pytest.raises(RosterFaults) as refused:
        read(content)
    return " ".join(refused.value.faults)


def test_pupils_are_counted_per_stamgroep_and_leerjaar() -> None:
    found = read(document(pupil() * 3 + pupil("G8", 8) * 2))
    assert found.groups == [Stamgroep("Groep 7", 7, 3), Stamgroep("Groep 8", 8, 2)]
    assert found.notes == ()


def test_a_combination_class_becomes_a_line_per_leerjaar() -> None:
    found = read(document(pupil("G7", 7) + pupil("G7", 8) * 2))
    assert found.groups == [Stamgroep("Groep 7 · leerjaar 7", 7, 1), Stamgroep("Groep 7 · leerjaar 8", 8, 2)]
    assert "meer dan één leerjaar" in found.notes[0]


def test_an_answer_of_uwlr_is_read_through_its_envelope() -> None:
    inner = document(pupil() * 2).decode().split("?>")[1]
    answer = f"<leerlinggegevens_antwoord>{inner}</leerlinggegevens_antwoord>"
    soap = f"<s:Envelope xmlns:s='urn:s'><s:Body>{answer}</s:Body></s:Envelope>"
    assert read(soap.encode()).groups == [Stamgroep("Groep 7", 7, 2)]


def test_nothing_of_a_pupil_is_in_what_the_reader_holds_or_says() -> None:
    """Names, birth dates and numbers pass by: not even the reader's own memory keeps them."""
    content = document(pupil() * 2 + pupil("onbekend") + pupil("G8", "S"))
    reading = edexml._Reading()
    reading.parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    held = repr({name: value for name, value in vars(reading).items() if name != "parser"})
    said = fault(content) + str(pickle.dumps(read(document(pupil()))))
    assert not [secret for secret in SECRETS if secret in held + said]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (document(""), "geen leerlingen"),
        (document(pupil(), brin="99XX", place="01"), "van vestiging 99XX01"),
        (document(pupil(), place="1"), "van vestiging 02QZ01"),
        (document(pupil("G99")), "niet noemt"),
        (document(pupil("")), "geen stamgroep"),
        (document(pupil("G8", "S")), "Groep Groep 8: van 1 leerlingen"),
        (document(pupil())[:-20], "niet volledig"),
        (b"<a", "niet volledig"),
        (b"<html><body>Inloggen</body></html>", "geen leerlingen"),
        ("<" + "a><" * 100 + "b/>", "niet"),
    ],
)
def test_a_file_that_is_not_of_this_school_or_not_whole_is_refused(content: bytes, sentence: str) -> None:
    assert sentence in fault(content if isinstance(content, bytes) else content.encode())


BOMB = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>{}]>".format(
    "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
)
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
REMOTE = "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd'>"


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, REMOTE], ids=["bomb", "file", "address"])
def test_a_doctype_is_refused_before_it_does_anything(head: str) -> None:
    """Nothing is expanded, no file is read, no address is asked."""
    assert "DOCTYPE" in fault(document(pupil(), head=head))
    assert "DOCTYPE" in fault(
        document(pupil(), head=head).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    )


def test_more_pupils_than_a_vestiging_can_have_are_refused() -> None:
    assert "meer groepen of leerlingen" in fault(document("<leerling><groep key='G7'/></leerling>" * 10_001))


TAGS = st.sampled_from(
    ["leerling", "groep", "groepen", "naam", "jaargroep", "brincode", "leerlingen", "x:groep"]
)
TREES = st.recursive(
    st.sampled_from(["7", "G7", "&amp;", "", "ü"]),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda made: f"<{made[0]} key='G7'>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=25,
)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_file_is_counted_or_refused(tree: str) -> None:
    with suppress(RosterFaults):
        assert read(f"<EDEX xmlns:x='urn:x'>{tree}</EDEX>".encode()).groups
