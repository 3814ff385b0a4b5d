"""How Duly meets the network: which requests are taken, how long they may be, and how slow."""
