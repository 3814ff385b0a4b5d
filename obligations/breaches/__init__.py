"""Breaches of security: reported in a minute, then worked through to a closing report.

A breach turns what happens into facts; the core makes the duties from them (DMP 23 8, 9, 10.5.2; Order
Schedule 9 A 5). Models, states, services, selectors and pages of this one subject live here.
"""
