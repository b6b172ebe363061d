"""A room's feed: every message once and in order, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from chat.runtime import feed as feed_module
from chat.runtime import tempo
from chat.runtime.feed import Feed
from chat.runtime.lines import Own
from streair.core.realtime import fan_out
from tests.eventually import comes_true
from tests.realtime.feed_readers import Reader, Records, line


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "GAP_SECONDS", 0.01)
    monkeypatch.setattr(tempo, "TICK_SECONDS", 0.01)


async def test_a_newcomer_gets_the_last_fifty_and_then_what_comes() -> None:
    records = Records(*range(1, 121))
    feed = Feed("a", records)

    reader = await Reader().opens(feed)
    feed.take(records.write(121, 122))

    await reader.has(121, 122)
    assert reader.first == list(range(71, 121))


async def test_history_is_one_object_for_a_crowd_and_read_once() -> None:
    records = Records(1, 2, 3)
    feed = Feed("a", records)

    crowd = [Reader() for _ in range(100)]
    await asyncio.gather(*(reader.opens(feed) for reader in crowd))

    assert len({id(reader.answer["messages"]) for reader in crowd}) == 1
    assert records.asked == 1


async def test_messages_may_come_in_any_order_and_more_than_once() -> None:
    records = Records(1)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)
    lines = records.write(*range(2, 60))
    arriving = lines * 2
    random.Random(4).shuffle(arriving)

    for each in arriving:
        feed.take([each])
        await asyncio.sleep(0)

    await reader.has(*range(2, 60))


async def test_what_was_lost_is_read_from_the_database() -> None:
    records = Records(1)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)

    records.write(2, 3)
    feed.take(records.write(4))

    await reader.has(2, 3, 4)


async def test_what_was_lost_last_comes_with_the_next_look() -> None:
    records = Records(1)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)

    records.write(2, 3)
    records.gone = [1]
    await feed.catch_up()

    await reader.has(2, 3)
    deleted = [each["data"]["messageId"] for each in reader.events if "deleted" in each["event"]]
    assert deleted == [1]


@pytest.mark.parametrize("since", [None, 1])
async def test_no_reader_misses_or_doubles_a_message_written_while_it_joins(
    since: int | None,
) -> None:
    records = Records(1)
    feed = Feed("a", records)
    readers: list[Reader] = []
    done = False

    async def write() -> None:
        number = 1
        while not done:
            number += 1
            written = records.write(number)
            if random.random() < 0.8:  # The others are lost, and read.
                feed.take(written)
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    for _ in range(200):
        records.may_answer.clear()
        reader = Reader()
        opening = asyncio.create_task(reader.opens(feed, since=since))
        for _turn in range(random.randint(0, 9)):
            await asyncio.sleep(0)
        records.may_answer.set()
        readers.append(await opening)
        if since is not None:
            since = records.lines[-random.randint(1, 40)].id if len(records.lines) > 40 else 1
    done = True
    await writing
    last = records.lines[-1].id
    await feed.fill()

    await comes_true(lambda: feed._history.until == last)
    for reader in readers:
        ids = reader.first + reader.heard
        assert ids == list(range(ids[0], last + 1))


async def test_whoever_comes_back_gets_what_came_since_and_nothing_else() -> None:
    records = Records(*range(1, 300))
    feed = Feed("a", records)
    records.gone = [7]

    near, far = await Reader().opens(feed, since=290), await Reader().opens(feed, since=120)
    too_far = await Reader().opens(feed, since=10)

    assert (near.first, near.answer["removed"]) == (list(range(291, 300)), [7])
    assert far.first == list(range(121, 300))
    assert "gap" not in far.answer
    assert (too_far.first, too_far.answer["gap"]) == (list(range(250, 300)), True)


async def test_a_removal_reaches_readers_and_history() -> None:
    records = Records(1, 2, 3)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)

    feed.remove("message-deleted", {"messageId": 2})

    await comes_true(lambda: [each["event"] for each in reader.events] == ["message-deleted"])
    assert (await Reader().opens(feed)).first == [1, 3]


async def test_what_is_removed_before_it_arrives_is_never_shown() -> None:
    records = Records(1)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)
    two, three = records.write(2, 3)

    feed.remove("message-deleted", {"messageId": 2})
    feed.take([three, two])

    await reader.has(3)


async def test_clearing_takes_everything_before_it_and_nothing_after() -> None:
    records = Records(1, 2)
    feed = Feed("a", records)
    reader = await Reader().opens(feed)

    feed.remove("chat-cleared", {"lastMessageId": 2})
    feed.take(records.write(3))

    await reader.has(3)
    assert (await Reader().opens(feed)).first == [3]


async def test_hiding_a_person_takes_what_they_said_so_far() -> None:
    records = Records()
    records.write(1, user=7)
    records.write(2, user=8)
    feed = Feed("a", records)
    await Reader().opens(feed)

    feed.remove("messages-hidden", {"userId": 7, "lastMessageId": 2})
    feed.take(records.write(3, user=7))

    await comes_true(lambda: feed._history.until == 3)
    assert (await Reader().opens(feed)).first == [2, 3]


async def test_only_the_sender_s_own_socket_gets_the_nonce() -> None:
    records = Records(1)
    feed = Feed("a", records)
    sender, other = await Reader().opens(feed), await Reader().opens(feed)
    (two,) = records.write(2)

    feed.take([two], [(2, Own.of(two, sender.box, "n-1"))])

    await asyncio.gather(sender.has(2), other.has(2))
    assert sender.events[0]["data"] == {"id": 2, "nonce": "n-1"}
    assert other.events[0]["data"] == {"id": 2}
    assert feed._own == {}


async def test_a_fast_room_is_written_to_in_fewer_pieces() -> None:
    records = Records()
    feed = Feed("a", records, clock=lambda: 0.0)
    reader = await Reader().opens(feed)

    for number in range(1, 21):
        feed.take(records.write(number))
        await reader.has(*range(1, number + 1))
    for number in range(21, 101):
        feed.take(records.write(number))

    await reader.has(*range(1, 101))
    # The first twenty at once, each on its own.
    assert [len(piece) for piece in reader.box.pieces] == [1] * 20 + [80]


def test_lines_are_what_they_say() -> None:
    assert json.loads(line(5, 4).event) == {"event": "new-message", "data": {"id": 5}}


async def test_a_small_room_hears_at_once_and_a_large_one_in_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = Records(1)
    feed = Feed("room", records)
    readers = [await Reader().opens(feed) for _ in range(3)]

    feed.take(records.write(2))
    assert [reader.heard for reader in readers] == [[2]] * 3

    # Too many to be told in one turn: what comes meanwhile waits for them, even if they are few by then.
    monkeypatch.setattr(feed_module, "FAIRNESS", 2)
    monkeypatch.setattr(fan_out, "FAIRNESS", 2)
    feed.take(records.write(3))
    assert readers[0].heard == [2]
    while readers[0].heard == [2]:  # noqa: ASYNC110 - turn by turn.
        await asyncio.sleep(0)
    assert readers[2].heard == [2]
    monkeypatch.setattr(feed_module, "FAIRNESS", 512)
    feed.take(records.write(4))
    for reader in readers:
        await reader.has(2, 3, 4)
