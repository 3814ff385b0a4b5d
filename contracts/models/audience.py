"""That other people may be told of a contract: triggers write it, so that no way of changing them goes
without."""

from __future__ import annotations

import pgtrigger
from django.db import models


class AudienceChange(models.Model):
    """From this London day on somebody may be told of a contract who was not before.

    They joined or got another role, were put on a distribution list, which was lifted, or their account was
    opened again. Who plans what people are told reads it and deletes it.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="+")
    from_day = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.contract_id} from {self.from_day}"


def written(name: str, when: str, what: str, condition: str = "") -> pgtrigger.Trigger:
    """A trigger that writes such rows. ``when``: insert, or update, or both; ``what``: the function of the
    database that writes them, with what it is given (``migrations/0027``). It runs as the owner: whoever
    opens an account again, say, may see none of the contracts that this touches.
    """
    operations = {"insert": pgtrigger.Insert, "update": pgtrigger.Update}
    either = [operations[one] for one in when.split(" or ")]
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=either[0] if len(either) == 1 else either[0] | either[1],
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"PERFORM public.{what}; RETURN NULL;",
    )
