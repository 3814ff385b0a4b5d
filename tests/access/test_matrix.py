"""The matrix of access: every address and every act as everybody, against the table.

Here a sample asks: of those for whom an address is alike one, and always nobody, and another contract's lead
or who left yesterday. ``script/prove access`` asks as everybody.
"""

from __future__ import annotations

import pytest

from contracts.acts import Act
from tests.access import actions
from tests.access.addresses import Address, every
from tests.access.asking import Answer
from tests.access.passes import Matrix
from tests.access.table import ABOUT_ONESELF, IN, OF_A_CONTRACT, TO_SEND, acts, expected, gates
from tests.access.walls import WALLS
from tests.support.addresses import downloads, printed

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access")]


def test_every_address_has_one_row():
    named, gated = set(acts()), set(gates())
    assert set(every()) - named - gated == set(), "give each of these a row in tests/access/table.py"
    assert (named | gated) - set(every()) == set(), "these rows name no address"
    assert named & gated == set()
    assert all(every()[name].of_contract == (name in named) for name in every())
    assert set(TO_SEND) <= named and set(OF_A_CONTRACT) == set(Act)


def test_every_act_that_an_address_names_is_known():
    assert actions.without_words() == set(), "name their words in ACTIONS of tests/access/actions.py"


def test_the_marks_are_in_every_text_and_are_found(world):
    assert len(world.marks.columns) > 100 and sum(world.marks.columns.values()) > 2500
    asking = Matrix(world).asking
    number, here = world.there.cast.contract.pk, world.here.cast.contract.pk
    for page in ("", "/text", "/ledger.csv", "/people", "/breaches", "/plans"):
        assert world.marks.there_in(asking("zed", f"/contracts/{number}{page}").text), page
    for page in ("", "/breaches", "/ledger.json"):
        assert world.marks.kept_in(asking("ada", f"/contracts/{here}{page}").text), page


READS_BY_FORM: set[str] = set()
"""Forms that write nothing: whoever may look may send them."""


def test_a_form_of_who_may_only_read_is_answered_with_403(world):
    """Also where data says who may (states of plans, breaches): whatever is in the form."""
    matrix, answered = Matrix(world), {}
    for address in matrix.addresses():
        if not address.of_contract or expected(world, "olu", address, sends=True) != IN:
            continue
        said = [matrix.at(address)]
        if address.name in actions.words():
            parameter, known = actions.words()[address.name]
            said = [matrix.at(address, **{parameter: word}) for word in known]
        for path in said:
            answer = matrix.asking("olu", path, sends=True)
            if answer.status not in (403, 404, 405):
                answered[address.name] = answer.status
    assert set(answered) == READS_BY_FORM | ABOUT_ONESELF, answered


def frame(who: str, address: Address, answer: Answer) -> None:
    """Every page forbids scripts and styles of its own, and has one heading."""
    if not address.of_contract or address.name.startswith("api_") or address.name in downloads() | printed():
        return
    page = answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert " style=" not in page and "<style" not in page and " onclick=" not in page, address.name
    assert page.count("<script") == 1 and page.count("<h1") == 1, address.name


def test_a_sample_of_everything(world):
    """Pages, what is another's, what is kept to a list, forms, acts, a closed contract, the back room."""
    matrix = Matrix(world, share=0, look=frame)
    for each in matrix.passes:
        each()
    assert not matrix.asking.faults, "\n".join(matrix.asking.faults[:40])
    assert matrix.asking.asked > 2300 and matrix.asking.done > 10


@pytest.mark.parametrize("wall", ["gate alone", "row security alone"])
def test_a_sample_with_one_wall_alone(world, wall):
    """What is another's and what is kept to a list: the other wall is enough."""
    matrix = Matrix(world, share=0, strict=wall == "gate alone", seed=wall)
    with WALLS[wall]():
        for each in (matrix.elsewhere, matrix.mixed, matrix.kept):
            each()
    assert not matrix.asking.faults, "\n".join(matrix.asking.faults[:40])
    assert matrix.asking.asked > 400
