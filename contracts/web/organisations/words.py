"""What is said of an invitation once it was made or sent again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse

from contracts.services.invitations.making import Sent
from contracts.web.acting import Done


def sent_words(made: Sent, then: HttpResponse) -> Done:
    """Whether the mail went. The same for every address, whoever has an account."""
    email = made.invitation.email
    if made.mailed:
        return Done(f"{email} gets a link by mail. It works once, for seven days.", then)
    why = made.link.mail_failed
    says = f"{email} is invited, but the mail was not sent: {why}. Send it again from the list."
    return Done(says, then, messages.WARNING)
