"""The transaction's life, and that what is rolled back was never there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import StaleHandle, TransactionError
from ferrous_vm.machine.handles import TableHandle
from ferrous_vm.machine.transaction import HeapTransaction, TransactionState, undo


def _transaction(resolve=lambda handle: None):
    return HeapTransaction(resolve)


@pytest.mark.parametrize(
    ("actions", "refused"),
    [
        (["begin"], "begin"),
        ([], "commit"),
        ([], "abort"),
        (["begin", "commit"], "commit"),
        (["begin", "commit"], "begin"),
        (["begin", "abort"], "commit"),
        (["begin"], "reset"),
    ],
)
def test_an_illegal_transition_is_refused(actions, refused):
    transaction = _transaction()
    for action in actions:
        getattr(transaction, action)()
    with pytest.raises(TransactionError):
        getattr(transaction, refused)()


def test_one_object_serves_one_transaction_after_the_other():
    transaction = _transaction()
    for end in ("commit", "abort", "commit"):
        transaction.begin()
        getattr(transaction, end)()
        transaction.reset()
    assert transaction.state is TransactionState.IDLE


def test_recording_needs_an_active_transaction():
    transaction = _transaction()
    handle = TableHandle(0, 0)
    for use in (lambda: transaction.record(print), transaction.savepoint, lambda: transaction.resolve(handle)):
        with pytest.raises(TransactionError):
            use()


def test_a_handle_is_validated_once_in_a_transaction():
    asked = []

    def resolve(handle):
        asked.append(handle)
        return "table"

    transaction = _transaction(resolve)
    transaction.begin()
    assert [transaction.resolve(TableHandle(1, 1)) for _ in range(3)] == ["table"] * 3
    assert len(asked) == 1
    transaction.commit()
    transaction.reset()
    transaction.begin()
    transaction.resolve(TableHandle(1, 1))
    assert len(asked) == 2


def test_a_handle_that_fails_validation_is_not_remembered():
    def resolve(handle):
        raise StaleHandle(handle.token)

    transaction = _transaction(resolve)
    transaction.begin()
    for _ in range(2):
        with pytest.raises(StaleHandle):
            transaction.resolve(TableHandle(0, 0))


def test_a_savepoint_of_another_transaction_is_refused():
    transaction = _transaction()
    transaction.begin()
    savepoint = transaction.savepoint()
    transaction.commit()
    transaction.reset()
    transaction.begin()
    with pytest.raises(TransactionError):
        transaction.rollback(savepoint)


WRITES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=12)


def _write(transaction, cells, key, value):
    old = cells.get(key)
    transaction.record(cells.pop if old is None else cells.__setitem__, *((key,) if old is None else (key, old)))
    cells[key] = value


@given(before=WRITES, inside=WRITES, after=WRITES)
def test_rollback_takes_back_what_came_after_the_savepoint_and_abort_the_rest(before, inside, after):
    transaction = _transaction()
    cells = {0: 100, 1: 101}
    at_begin = dict(cells)
    transaction.begin()
    for key, value in before:
        _write(transaction, cells, key, value)
    at_savepoint = dict(cells)
    savepoint = transaction.savepoint()
    for key, value in inside:
        _write(transaction, cells, key, value)
    transaction.rollback(savepoint)
    assert cells == at_savepoint
    for key, value in after:
        _write(transaction, cells, key, value)
    transaction.abort()
    assert cells == at_begin


@given(WRITES)
def test_commit_hands_over_the_undo_of_everything(writes):
    transaction = _transaction()
    cells = {0: 100}
    at_begin = dict(cells)
    transaction.begin()
    for key, value in writes:
        _write(transaction, cells, key, value)
    undo(transaction.commit())
    assert cells == at_begin
