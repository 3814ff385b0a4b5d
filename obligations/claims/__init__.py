"""Claims and agreements: what one side says in its own favour, and the other's answer (R46).

The row is made where its fact is recorded (``obligations/services/recording/claims.py``); it is answered
here.
"""
