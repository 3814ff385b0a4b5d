"""Small words of English, by what they do in a sentence."""

from __future__ import annotations


def words_of(words: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(words.split())


CONDITIONS = words_of("""
    if where when whenever wherever unless until once because while whilst although though whether since
    as before after till lest how why
""")
RELATIVES = words_of("which who whom whose that what whatever whichever whoever")
COORDINATORS = words_of("and or but nor then so yet whereupon thereafter thereupon")
DETERMINERS = words_of("""
    the a an any each every all no its their his her such this these those either neither both some our
    your nothing none nobody everyone anyone it they he she we you one another other
""")
PRONOUNS = words_of("""
    it they he she we you nothing none nobody everyone anyone everything which who that
""")
PREPOSITIONS = words_of("""
    of in to for by with from at on under over about between against through within without concerning
    regarding during per into onto upon via among amongst across beyond including pursuant relating
    holding using having affecting containing involving requiring seeking receiving providing handling
    processing entering leaving following making carrying held given made used owned supplied provided
    employed engaged
""")
"""With participles that go on with a noun: "data held by", "staff handling"."""
FINITE = words_of("""
    is are was were has have had does do did becomes become requires require fails fail ceases cease
    occurs occur applies exists arises wishes intends considers believes discovers finds receives holds
    uses knows needs asks requests makes gives
""")
BEING = words_of("is are was were be been being")
ADVERBIAL = words_of("within in at on upon by no not for if where when after before following as")
"""Words that begin a time or a condition, and no subject."""
ADVERBS = words_of("also hereby therefore accordingly nevertheless thereafter always only")
STOPS = frozenset(",;:()–—")
