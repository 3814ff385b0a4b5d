"""Variations: drafted, shown with their impact, signed on the page or on paper, and put in force."""
