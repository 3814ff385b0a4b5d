"""Bank holidays: a change is proposed, previewed and applied; applying it redates open duties."""
