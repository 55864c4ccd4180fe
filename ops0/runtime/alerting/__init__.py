"""Alerts, from a step's result to whoever is to know."""
