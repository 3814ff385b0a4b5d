"""Which notices a duty deserves, when, and to whom. Leans on ``time`` alone."""
