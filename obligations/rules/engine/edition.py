"""The edition of the engine: what it makes of the same book and the same facts.

A change of the engine that could move, end or raise a duty of a running contract raises the edition and says
here, in plain words, what it reads otherwise. A contract keeps the dates it has until a member takes the
edition over (decision 0012). What only says the same in other words does not raise it.
"""

from __future__ import annotations

EDITIONS: dict[int, tuple[str, ...]] = {
    1: ("How Duly worked out dates when it was first released.",),
    2: (
        # one sentence for each thing that this edition reads otherwise; sorted by its R-number
        "A limit in hours that stood still over a change of the clocks is moved on by the time that really"
        " went by, not by what a clock on the wall showed (R5).",
        "An anniversary of 29 February names 1 March as its other reading (R6).",
        "Where one source rates a vulnerability less strictly than the one that counts, its date is named as"
        " another reading (R12, R20).",
        "Choosing another reading ends a duty only where the words, read so, ask nothing; where it counts"
        " from a moment that nobody entered the duty keeps its date (R12).",
        "Somebody who loses access and is given it again is to be trained again from that day (R16).",
        "The reading “once each contract year” of what begins later than the contract names the end of the"
        " contract year in which it begins (R16).",
        "The reading “paused meanwhile” is never due while the duty was suspended (R21).",
        "A category that is lowered after the stricter limit had passed leaves the miss: the old date stands,"
        " and the longer limit is the cure date (R23).",
        "The lapse of a certificate that the schedule does not ask for, or of one while another that it asks"
        " for runs, is no breach and starts nothing (R26).",
        "A certificate opens a gate only while it runs; a loss of certification that somebody recorded is not"
        " found a second time (R26).",
        "A plan is refused a second time only where it was submitted again after a refusal; a corrected"
        " copy sent before any answer is no resubmission (R27).",
        "A minimum that variations changed while it runs is met by its new end, and by nothing before; no"
        " reading of a shortened limit falls before the day it was shortened (R28).",
        "A recurring duty whose paragraph is used again names the date counted from the last completion where"
        " that is earlier (R28).",
        "What had to be done beforehand counts when it was: an approval before the use was proposed, a plan"
        " delivered before the start date. Elsewhere what was done before it was owed counts once"
        " somebody confirms it (R36).",
        "From the day after the contract ended nothing new begins, save what the words let survive; what had"
        " begun and falls due later stays owed, flagged as accrued before the end (R37).",
        "A certificate that lapses after the contract ended is no breach. An end may be put off, or be"
        " that of a part of the contract only (R37).",
        "A duty upon becoming aware binds a party from its own awareness: what the other party alone"
        " knows starts nothing for it (R45).",
        "What a party records to lengthen or suspend its own duty is a claim: until the other side accepts it"
        " the date without it counts; so is a day that it says was agreed (R46). What was recorded before"
        " stays as it is.",
        "A patch date that was missed before the vulnerability was shown not to be exploitable stays overdue"
        " (R49).",
        "Two spellings of one name, in capitals or with another hyphen, are one thing.",
    ),
}
"""Every edition there was, with what it changed, sentence by sentence, as the page that offers it says it."""


def this_edition() -> int:
    """The edition of this engine; new contracts begin on it."""
    return max(EDITIONS)
