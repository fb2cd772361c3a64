"""The queue on a real server: who owns an entry, and what becomes of it when its owner stops, stalls or dies."""

import time

import pytest
from redis import Redis

from jobs.claim import GROUP
from jobs.queue import Queue, make_group
from testkit.waiting import fall_silent

LEASE = 60.0


def queue(redis: Redis) -> Queue:
    queue = Queue(redis, "split", LEASE)
    queue.make_group()
    return queue


@pytest.fixture
def first(redis: Redis) -> Queue:
    return queue(redis)


@pytest.fixture
def second(redis: Redis) -> Queue:
    return queue(redis)


def test_an_entry_is_given_to_one_consumer_only(redis: Redis, first: Queue, second: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    assert (claim.fields, claim.attempts) == ({"job": "a"}, 1)
    assert second.take(block=None) is None


def test_entries_from_before_the_group_are_read(redis: Redis) -> None:
    redis.xadd("split", {"job": "early"})
    claim = queue(redis).take(block=None)
    assert claim
    assert claim.fields["job"] == "early"


def test_making_the_group_twice_keeps_it(redis: Redis, first: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    assert first.take(block=None)
    make_group(redis, "split")
    assert redis.xpending("split", GROUP)["pending"] == 1


def test_an_entry_left_for_a_lease_goes_to_another(redis: Redis, first: Queue, second: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    left = first.take(block=None)
    assert left
    fall_silent(left, LEASE - 10)
    assert second.take(block=None) is None
    fall_silent(left, LEASE)
    claim = second.take(block=None)
    assert claim
    assert claim.attempts == 2


def test_a_renewed_lease_keeps_the_entry(redis: Redis, first: Queue, second: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    fall_silent(claim, LEASE)
    assert claim.renew()
    assert second.take(block=None) is None


def test_a_stalled_owner_cannot_take_its_entry_back(redis: Redis, first: Queue, second: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    stalled = first.take(block=None)
    assert stalled
    fall_silent(stalled, LEASE)
    taken = second.take(block=None)
    assert taken
    assert not stalled.renew()
    assert not stalled.drop()
    assert not stalled.hand_back()
    assert taken.renew()
    assert taken.drop()


def test_a_finished_entry_leaves_the_stream(redis: Redis, first: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    assert redis.xlen("split") == 1  # in flight counts as work
    assert claim.drop()
    assert not claim.drop()
    assert redis.xlen("split") == 0


def test_an_entry_handed_back_at_once_goes_to_another_without_counting(redis: Redis) -> None:
    first, second = queue(redis), queue(redis)
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    assert claim.hand_back(counted=False)
    again = second.take(block=None)
    assert again
    assert again.attempts == 1


def test_an_entry_handed_back_with_a_delay_waits_for_it(redis: Redis, first: Queue, second: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    assert claim.hand_back(delay=20)
    assert second.take(block=None) is None
    [pending] = redis.xpending_range("split", GROUP, "-", "+", 1)
    idle = int(pending["time_since_delivered"]) / 1000
    assert LEASE - 20 <= idle < LEASE - 10
    fall_silent(claim, idle + 20)
    again = second.take(block=None)
    assert again
    assert again.attempts == 2


def test_many_held_entries_do_not_hide_one_that_was_left(redis: Redis) -> None:
    """XAUTOCLAIM looks at ten entries per call, so its cursor has to be followed."""
    busy, dying, heir = queue(redis), queue(redis), queue(redis)
    for number in range(40):
        redis.xadd("split", {"job": str(number)})
    busy_claims = [busy.take(block=None) for _ in range(39)]
    left = dying.take(block=None)
    assert all(busy_claims)
    assert left
    assert left.hand_back()  # as idle as if its owner had died a lease ago
    claim = heir.take(block=None)
    assert claim
    assert claim.fields["job"] == "39"


def test_a_deleted_entry_does_not_stop_the_others(redis: Redis, first: Queue, second: Queue) -> None:
    doomed = redis.xadd("split", {"job": "deleted"})
    redis.xadd("split", {"job": "left"})
    for claim in (first.take(block=None), first.take(block=None)):
        assert claim
        fall_silent(claim, LEASE)
    redis.xdel("split", doomed)
    claim = second.take(block=None)
    assert claim
    assert claim.fields["job"] == "left"


def test_leaving_keeps_a_consumer_that_still_holds_something(redis: Redis, first: Queue) -> None:
    redis.xadd("split", {"job": "a"})
    claim = first.take(block=None)
    assert claim
    first.leave()
    assert len(redis.xinfo_consumers("split", GROUP)) == 1
    claim.drop()
    first.leave()
    assert redis.xinfo_consumers("split", GROUP) == []


def test_a_blocking_read_outlasts_the_client_timeout_of_redis_py(redis: Redis, first: Queue) -> None:
    started = time.monotonic()
    assert first.take(block=0.5) is None
    assert time.monotonic() - started > 0.4
