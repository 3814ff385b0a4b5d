"""What Duly holds about somebody, as a file."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from contracts.models import Person
from contracts.services.personal_data import held_about
from contracts.web.pages import SignedIn


@require_safe
@login_required
def held(request: SignedIn) -> HttpResponse:
    """What Duly holds about who asks."""
    return as_file(request.user)


def as_file(person: Person) -> HttpResponse:
    """What is held about a person, as JSON that is saved."""
    answer = HttpResponse(
        json.dumps(held_about(person), ensure_ascii=False, indent=1), content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="personal-data-{person.pk}.json"'
    return answer
