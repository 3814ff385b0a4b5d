"""Recording: what happened, the evidence for it, and the decisions on that evidence."""
