"""What each paragraph of a document is taken to ask, with the words it rests on. Imports no Django."""

from contracts.proposals.parties import Candidate, Parties, PartyNames, names_from, parties_in
from contracts.proposals.proposal import Further, Proposal, ProposalFormError, Reference, Words
from contracts.proposals.propose import propose
from contracts.proposals.topics import TOPICS

__all__ = [
    "TOPICS",
    "Candidate",
    "Further",
    "Parties",
    "PartyNames",
    "Proposal",
    "ProposalFormError",
    "Reference",
    "Words",
    "names_from",
    "parties_in",
    "propose",
]
