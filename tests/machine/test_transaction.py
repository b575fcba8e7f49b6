"""The transaction's life, and that what is rolled back was never there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import TransactionError
from ferrous_vm.machine.transaction import HeapTransaction, TransactionState, undo


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
    transaction = HeapTransaction()
    for action in actions:
        getattr(transaction, action)()
    with pytest.raises(TransactionError):
        getattr(transaction, refused)()


def test_one_object_serves_one_transaction_after_the_other():
    transaction = HeapTransaction()
    for end in ("commit", "abort", "commit"):
        transaction.begin()
        getattr(transaction, end)()
        transaction.reset()
    assert transaction.state is TransactionState.IDLE


def test_recording_needs_an_active_transaction():
    transaction = HeapTransaction()
    for use in (lambda: transaction.record(print), transaction.savepoint):
        with pytest.raises(TransactionError):
            use()


def test_a_savepoint_of_another_transaction_is_refused():
    transaction = HeapTransaction()
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
    transaction = HeapTransaction()
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
    transaction = HeapTransaction()
    cells = {0: 100}
    at_begin = dict(cells)
    transaction.begin()
    for key, value in writes:
        _write(transaction, cells, key, value)
    undo(transaction.commit())
    assert cells == at_begin
