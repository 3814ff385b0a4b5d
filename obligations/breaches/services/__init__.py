"""What is done about breaches: reporting, working through, the closing report."""
