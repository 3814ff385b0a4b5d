"""What a request writes only through the service that may: memberships, people's rights, due dates, notices.

A policy says which rows somebody sees and writes; here stands which columns of them nobody writes as a
person, not even of their own contract. The service that may does so as a job, around the statement::

    with asking.job(writes.MEMBERS, contract.pk):
        member.save(update_fields=["role"])

Whatever else is run in the request goes on as the person, and the database refuses it. Jobs about everything
(workers, commands) may. ``docs/who-may-write.md`` is made from this and from the triggers of the models.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).with_name("writes.sql")

MEMBERS = "members of a contract"
RIGHTS = "rights of people"
SEATS = "administrators of an organisation"
INVITATIONS = "invitations"
TOKENS = "tokens of programs"
FEEDS = "calendar feeds"
DATES = "reconcile duties"
SENDING = "send notices"
READING = "read messages"
EXPLOITS = "load exploit lists"
WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class Guard:
    """What of a table is written by one job alone.

    ``inserts``, ``deletes``: whether rows are made and deleted by it alone; ``columns``: those that it alone
    changes, where ``where`` holds of the row before and after (SQL). ``name``: of that trigger.
    """

    table: str
    job: str
    what: str
    columns: tuple[str, ...]
    inserts: bool = True
    deletes: bool = True
    where: str = ""
    name: str = "update"

    @property
    def statements(self) -> dict[str, str]:
        """Each trigger by its name, without the words that make it."""
        by = f"EXECUTE FUNCTION duly.only_by('{self.job}', '{self.what}')"
        each = f"FOR EACH ROW WHEN ({self.where})" if self.where else "FOR EACH STATEMENT"
        on = f"ON public.{self.table}"
        found = {}
        if self.inserts:
            found["only_by_insert"] = f"BEFORE INSERT {on} FOR EACH STATEMENT {by}"
        if self.deletes:
            found["only_by_delete"] = f"BEFORE DELETE {on} FOR EACH STATEMENT {by}"
        if self.columns:
            found[f"only_by_{self.name}"] = f"BEFORE UPDATE OF {', '.join(self.columns)} {on} {each} {by}"
        return found


def _changes(*columns: str) -> str:
    """The condition that one of the columns gets another value."""
    before, after = (", ".join(f"{row}.{one}" for one in columns) for row in ("OLD", "NEW"))
    return f"({before}) IS DISTINCT FROM ({after})"


GUARDS = (
    Guard(
        "contracts_membership",
        MEMBERS,
        "who is on a contract, with which role and until when",
        ("contract_id", "person_id", "side", "role", "manages", "from_day", "to_day"),
    ),
    Guard("contracts_person", RIGHTS, "who has an account", ()),
    Guard(
        "contracts_person",
        RIGHTS,
        "who administers the system, whose account is open, and of which organisation somebody is",
        ("is_staff", "is_superuser", "is_active", "organisation_id", "ends_on"),
        inserts=False,
        deletes=False,
        where=_changes("is_staff", "is_superuser", "is_active", "organisation_id", "ends_on"),
        name="rights",
    ),
    Guard(
        "contracts_person",
        RIGHTS,
        "by what somebody else signs in",
        ("email", "password", "name", "job_title", "last_login"),
        inserts=False,
        deletes=False,
        where="OLD.id IS DISTINCT FROM duly.person() AND NOT duly.signing_in()",
        name="others",
    ),
    Guard("contracts_person_groups", RIGHTS, "rights of people", ("person_id", "group_id")),
    Guard("contracts_person_user_permissions", RIGHTS, "rights of people", ("person_id", "permission_id")),
    Guard(
        "contracts_organisationadministrator",
        SEATS,
        "who administers an organisation",
        ("organisation_id", "person_id", "from_day", "to_day"),
    ),
    Guard(
        "contracts_invitation",
        INVITATIONS,
        "who is invited, and to what",
        (
            *("kind", "email", "organisation_id", "administers", "contract_id", "side", "role", "manages"),
            *("expires_at", "accepted_at", "revoked_at"),
        ),
    ),
    Guard("contracts_invitationlink", INVITATIONS, "the links of invitations", ("invitation_id", "key_hash")),
    Guard(
        "contracts_apitoken",
        TOKENS,
        "the tokens of programs",
        ("person_id", "key_hash", "scope", "contracts", "made_on", "last_day", "ended_at"),
    ),
    Guard(
        "contracts_calendarfeed",
        FEEDS,
        "the addresses of calendar feeds",
        ("person_id", "key_hash", "made_at", "ended_at", "ended_why"),
    ),
    Guard(
        "obligations_duty",
        DATES,
        "duties and their dates",
        (
            *("owed_from", "due_at", "due_date", "careful", "literal_limit", "deadline_version"),
            *("derivation", "contract_id"),
        ),
    ),
    Guard(
        "obligations_notice",
        SENDING,
        "what was sent, and to whom",
        (
            *("sent_at", "attempts", "answer", "in_ledger"),
            *("recipient_id", "duty_id", "fact_id", "entry_id", "channel", "contract_id"),
        ),
        inserts=False,
    ),
    Guard(
        "obligations_notice",
        READING,
        "whether somebody else has read a message",
        ("read_at",),
        inserts=False,
        deletes=False,
        where="OLD.recipient_id IS DISTINCT FROM duly.person()",
        name="read",
    ),
    Guard(
        "obligations_webhook",
        WEBHOOKS,
        "where a contract is told of to programs",
        ("contract_id", "kind", "host", "sealed_url", "sealed_secret", "stages", "ended_at"),
    ),
    Guard(
        "obligations_webhookdelivery",
        WEBHOOKS,
        "what was sent to programs",
        ("contract_id", "webhook_id", "entry_id", "stage", "sent_at", "given_up_at", "not_before", "answer"),
        inserts=False,
    ),
    Guard(
        "obligations_exploitlist",
        EXPLOITS,
        "which list of what is exploited is in use",
        ("kind", "day", "rows", "source", "sha256", "loaded_at", "loaded_by_id"),
    ),
    Guard("obligations_knownexploited", EXPLOITS, "what is known to be exploited", ("cve", "added_on")),
    Guard("obligations_exploitscore", EXPLOITS, "the scores of EPSS", ("cve", "score", "percentile")),
)

THERE = """
    SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname LIKE 'only\\_by\\_%%' AND c.relnamespace = 'public'::regnamespace
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


def put(cursor: Any) -> list[str]:
    """Put the functions, and the triggers that are missing or changed, as the owner; their tables."""
    cursor.execute(FUNCTIONS.read_text(encoding="utf-8"))
    cursor.execute(THERE)
    there = {(table, name): known for table, name, known in cursor.fetchall()}
    cursor.execute(TABLES)
    made = {table for (table,) in cursor.fetchall()}
    wanted = {
        (guard.table, name): rest
        for guard in GUARDS
        if guard.table in made
        for name, rest in guard.statements.items()
    }
    for table, name in there.keys() - wanted.keys():
        cursor.execute(f'DROP TRIGGER "{name}" ON public."{table}"')
    changed = [one for one, rest in wanted.items() if there.get(one) != digest(rest)]
    for table, name in changed:
        rest = wanted[table, name]
        cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {rest}")
        cursor.execute(f"COMMENT ON TRIGGER {name} ON public.{table} IS '{digest(rest)}'")
    return sorted({table for table, _ in changed})


def digest(statement: str) -> str:
    """What a trigger is known again by."""
    return hashlib.sha256(statement.encode()).hexdigest()[:32]
