"""Exploration: every order of what the clients of a scenario do, and of what may happen to them."""
