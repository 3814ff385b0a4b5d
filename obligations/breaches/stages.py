"""What of a breach is told, and to whom (``rules/notices/stages.py``)."""

from __future__ import annotations

from obligations.rules.notices.stages import BOTH, EVERYBODY, On, Rule

STAGES: tuple[Rule, ...] = (
    Rule(
        name="breach_reported",
        label="Breach reported",
        rank=150,
        ask="See the breach and what is owed",
        raised_by=(On("breach_reported"),),
        settled_by=(On("breach_moved", only={"to": frozenset({"closed", "withdrawn"})}),),
        key="breach",
        side=BOTH,
        roles=EVERYBODY,
        waits=True,
        critical=True,  # its clocks run in hours
    ),
    *(
        Rule(
            name=f"breach_{state}",
            label=label,
            rank=850,
            ask="See the breach",
            raised_by=(On("breach_moved", only={"event": events}),),
            key="breach",
            side=BOTH,
            roles=EVERYBODY,
        )
        for state, label, events in (
            ("contained", "Breach contained", frozenset({"contain", "contain_after_details"})),
            ("details", "Breach details given", frozenset({"give_details", "give_details_first"})),
            ("closed", "Breach closed", frozenset({"close"})),
            ("reopened", "Breach reopened", frozenset({"reopen"})),
            ("withdrawn", "Breach withdrawn", frozenset({"withdraw"})),
        )
    ),
)
