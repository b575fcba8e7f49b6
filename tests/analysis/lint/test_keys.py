"""What the linter tells of the keys of commands."""

from __future__ import annotations

from ferrous_vm.workbench.linting import lint_script


def test_a_number_that_stands_as_a_key_is_told_as_written() -> None:
    (one,) = lint_script(b"return redis.call('GET', 7)")
    assert one.message == "The key 7 of GET stands in the script: pass it as one of KEYS."


def test_keys_that_are_made_are_told_of_once() -> None:
    made = [f"redis.call('DEL', KEYS[1] .. '{part}')" for part in ("a", "b", "c")]
    for count, said in ((1, "another node."), (2, "So is one more of its keys."), (3, "So are 2 more of its keys.")):
        (one,) = lint_script("\n".join(made[:count]).encode())
        assert (one.rule, one.line) == ("computed-key", 1)
        assert one.message.endswith(said)


def test_keys_from_elsewhere_are_told_of_once() -> None:
    read = [f"redis.call('DEL', ARGV[{at}])" for at in (1, 2, 3)]
    for count, said in ((1, "another node."), (2, "So may one more of its keys."), (3, "So may 2 more of its keys.")):
        (one,) = (one for one in lint_script("\n".join(read[:count]).encode()) if one.rule == "undeclared-key")
        assert one.line == 1
        assert one.message.endswith(said)


def test_of_a_name_that_is_filled_in_no_slot_is_known() -> None:
    source = "local at = 'a:%s'\nredis.call('GET', at)\nreturn redis.call('GET', 'c')"
    assert "keys-in-several-slots" not in {one.rule for one in lint_script(source.encode())}


def test_a_key_that_has_a_name_is_told_as_what_it_is() -> None:
    (one,) = lint_script(b"for i = 0, 9 do local key = 'job:' .. i redis.call('DEL', key) end")
    assert one.message == "The key 'job:' .. i of DEL stands in the script: pass it as one of KEYS."
