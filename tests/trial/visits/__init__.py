"""A trial subject: visits to a site. It shows, and tests, all that a folder and one line bring along."""
