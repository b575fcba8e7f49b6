"""Fixtures: a real redis-server to compare with."""

from __future__ import annotations

from tests.keyspace.conftest import redis_port

__all__ = ["redis_port"]
