"""What `Result()` of go-redis returns (internal/proto/reader.go and redis_errors.go of 9.22), as a Go literal."""

from __future__ import annotations

from ferrous_vm.workbench.client_views import numbers
from ferrous_vm.workbench.client_views.layout import Literals, lay_out
from ferrous_vm.workbench.client_views.written import Written, content
from ferrous_vm.workbench.exports.go import literal
from ferrous_vm.workbench.resp import Node


def _leaf(node: Node) -> str:
    if node.kind in ("bulk", "verbatim", "status"):
        return literal(content(node))
    if node.kind == "integer":
        return f"int64({node.value.decode()})"
    if node.kind == "double":
        return f"float64({numbers.go(numbers.double(node.value))})"
    if node.kind == "big number":
        return f"*big.Int({node.value.decode()})"
    if node.kind == "boolean":
        return "true" if node.value == b"t" else "false"
    return "nil" if node.kind == "nil" else f"proto.RedisError({literal(node.value)})"


_SLICE = ("[]interface{}{", "}")
_LITERALS = Literals(
    leaf=_leaf,
    key=_leaf,
    aggregates={"array": _SLICE, "set": _SLICE, "push": _SLICE, "map": ("map[interface{}]interface{}{", "}")},
    pair=": ",
)


def write_go_redis(nodes: list[Node]) -> Written:
    """The value, or the error beside it: a nil reply is one too, redis.Nil."""
    first = nodes[0]
    if first.kind == "nil":
        return Written("redis.Nil", raises=True, notes=["No value is an error: compare it, errors.Is(err, redis.Nil)."])
    if first.kind == "error":
        return Written(f"error: {first.value.decode('utf-8', 'replace')}", raises=True)
    return Written(lay_out(nodes, _LITERALS))
