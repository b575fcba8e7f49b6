"""Scenarios: several clients, their calls over time, and what must hold, as data, as text and as a run."""
