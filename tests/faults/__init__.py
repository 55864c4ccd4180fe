"""Faults made for real: an engine whose replies get lost, engines and steps that die. What is lost is counted."""
