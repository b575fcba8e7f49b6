"""Write what client libraries return into tests/workbench/recorded/clients.json.

    redis-server --port 7000 --save '' &
    npm install --prefix /tmp/clients ioredis redis        # and `pip install redis`, without hiredis
    python -m tests.record.record_clients 7000 /tmp/clients

The scripts are those the file has already: add one to the list and record it. go-redis and Jedis are not asked: what
they return stands in tests/workbench/test_client_views.py, read in their source.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parents[1] / "workbench" / "recorded" / "clients.json"
BY_NODE = Path(__file__).with_suffix(".mjs")


def ask_redis_py(scripts: list[str], port: int, protocol: int, *, decoded: bool) -> list[str]:
    """What `redis.Redis.eval` returns, or raises."""
    redis: Any = import_module("redis")
    client = redis.Redis(port=port, protocol=protocol, decode_responses=decoded, retry=None)
    answers = []
    for script in scripts:
        try:
            answers.append(_written(client.eval(script, 0), redis.ResponseError))
        except UnicodeDecodeError as error:
            answers.append(f"raises {type(error).__name__}: {error}")
        except redis.RedisError as error:
            answers.append(f"raises redis.exceptions.{type(error).__name__}: {error}")
    return answers


def _written(value: Any, error: type[Exception]) -> str:
    """`repr`, with the errors within a list as those of other exceptions."""
    if isinstance(value, list):
        return f"[{', '.join(_written(item, error) for item in value)}]"
    return f"{type(value).__name__}({str(value)!r})" if isinstance(value, error) else repr(value)


def record(port: int, folder: str) -> None:
    """Ask every client every script, and rewrite the file."""
    scripts = [row["script"] for row in json.loads(RECORDED.read_text(encoding="utf-8"))]
    command = ["node", str(BY_NODE), folder, str(port), json.dumps(scripts)]
    by_node = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    columns: dict[str, dict[str, list[str]]] = {}
    for protocol in (2, 3):
        columns[str(protocol)] = {
            "redis-py": ask_redis_py(scripts, port, protocol, decoded=False),
            "redis-py, decode_responses=True": ask_redis_py(scripts, port, protocol, decoded=True),
            **by_node[str(protocol)],
        }
    rows = [
        {"script": script}
        | {number: {name: column[at] for name, column in columns[number].items()} for number in columns}
        for at, script in enumerate(scripts)
    ]
    RECORDED.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(int(sys.argv[1]), sys.argv[2])
