"""The pure rules: facts in, duties with dates and their derivations out. Imports no Django.

``time`` counts, ``register`` holds the book and its words, ``engine`` makes duties of both, ``notices`` says
when they are told and to whom; ``machine`` reads the state machines of the subject folders.
"""
