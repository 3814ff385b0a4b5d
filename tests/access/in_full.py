"""The whole matrix, as ``script/prove access`` runs it; pytest does not collect it by itself."""

from __future__ import annotations

import os
import time

import pytest

from tests.access.passes import Matrix
from tests.access.walls import WALLS

pytestmark = pytest.mark.django_db
FAILING_MOST = 60


@pytest.mark.parametrize("wall", os.environ.get("WALLS", "both").split(","))
def test_everybody_asks_for_everything(world, wall):
    began = time.monotonic()
    matrix = Matrix(world, share=float(os.environ.get("SHARE", "1")), strict=wall != "row security alone")
    asking = matrix.asking
    with WALLS[wall]():
        for each in matrix.passes:
            before = asking.asked
            each()
            took = time.monotonic() - began
            print(f"{wall}: {each.__name__}: {asking.asked - before} requests ({took:.0f} s)", flush=True)  # noqa: T201
    print(  # noqa: T201
        f"{wall}: {asking.asked} requests, {asking.sent} forms sent, {asking.done} of them wrote,"
        f" {asking.leaks} leaks, {len(asking.faults)} answers not as they should be"
    )
    assert not asking.faults, "\n".join(asking.faults[:FAILING_MOST])
