"""Redis restarts, forgets, or does not answer, while workers live."""

import os
import signal
import time

from fixtures.queue_scene import ASR, LEASE_S, Scene, wait_for
from fixtures.redis import RedisServer


def test_a_restart_with_the_file_keeps_the_queue_and_starts_nothing_twice(
    own_scene: Scene, own_redis: RedisServer
) -> None:
    """Killed while one works and another waits to reclaim; every lease looks run out when Redis is back."""
    own_scene.start_two()
    own_scene.publish("sleep:6:a")
    own_scene.wait_started("sleep:6:a")
    time.sleep(1.2)  # appendfsync everysec: what is older than a second is on the disk
    own_redis.stop(signal.SIGKILL)
    time.sleep(2 * LEASE_S)
    own_redis.start()
    own_scene.publish("sleep:0:b")
    own_scene.wait_states({"sleep:6:a": "done", "sleep:0:b": "done"})
    assert len(own_scene.run_store.diary("starts", "sleep:6:a")) == 1
    assert own_scene.run_store.row("sleep:6:a").lost_leases == 0
    wait_for(lambda: own_scene.client.xlen(ASR) == 0, 60, "an empty stream")


def test_a_worker_outlives_a_redis_that_is_long_away(own_scene: Scene, own_redis: RedisServer) -> None:
    own_scene.publish("sleep:1:a")
    worker = own_scene.start()
    own_scene.wait_started("sleep:1:a")
    child = worker.child
    own_redis.stop()
    own_scene.wait_states({"sleep:1:a": "done"}, 30)  # the commit needs no Redis
    time.sleep(2)
    own_redis.start()
    own_scene.publish("sleep:0:b")
    own_scene.wait_states({"sleep:1:a": "done", "sleep:0:b": "done"})
    assert worker.child == child
    assert len(own_scene.run_store.diary("effects")) == 2
    wait_for(lambda: own_scene.client.xlen(ASR) == 0, 60, "an empty stream")


def test_after_a_flush_the_work_in_hand_is_dropped(scene: Scene) -> None:
    """And not committed: keeper publishes the run again (tests/integration/keeper)."""
    scene.publish("sleep:3:a")
    scene.start()
    scene.wait_started("sleep:3:a")
    scene.client.flushall()
    scene.publish("sleep:0:b")
    scene.wait_states({"sleep:3:a": "working", "sleep:0:b": "done"})
    assert scene.run_store.diary("effects", "sleep:3:a") == []


def test_a_hundred_runs_under_random_kills(scene: Scene) -> None:
    """Two workers; one of their processes is killed or stopped every 0.4 s. Nothing is lost, nothing is doubled."""
    runs = [f"sleep:0.1:{number}" for number in range(100)]
    scene.publish(*runs)
    workers = [scene.start(TEST_CONCURRENCY="2"), scene.start(TEST_CONCURRENCY="2")]
    for number in range(9):
        time.sleep(0.4)
        worker = workers[number % 2]
        if number % 3 == 2:
            worker.signal_parent(signal.SIGKILL)
            workers[number % 2] = scene.start(TEST_CONCURRENCY="2")
        elif number % 3 == 1:
            worker.signal_child(signal.SIGKILL)
        else:
            stopped = worker.signal_child(signal.SIGSTOP)
            time.sleep(LEASE_S + 0.3)
            os.kill(stopped, signal.SIGCONT)
    scene.wait_states(dict.fromkeys(runs, "done"), 120)
    assert sorted(run_id for run_id, _, _ in scene.run_store.diary("effects")) == sorted(runs)
    wait_for(lambda: scene.client.xlen(ASR) == 0, 60, "an empty stream")


def test_a_drain_ends_with_exit_0_and_leaves_nothing_uncharged(scene: Scene) -> None:
    scene.publish("sleep:60:a", "sleep:0:b")
    worker = scene.start(AURICLE_DRAIN_SECONDS="3")
    scene.wait_started("sleep:60:a")
    worker.signal_parent(signal.SIGTERM)
    assert worker.wait(10) == 0
    ((_, holder),) = scene.pending()
    assert holder == "~returned"
    assert scene.run_store.row("sleep:60:a").attempts == 0


def test_a_child_that_does_not_drain_is_killed_and_its_work_handed_back_uncharged(scene: Scene) -> None:
    scene.publish("block:60:a")
    worker = scene.start(AURICLE_DRAIN_SECONDS="1")
    scene.wait_started("block:60:a")
    worker.signal_parent(signal.SIGTERM)
    assert worker.wait(15) == 0
    ((_, holder),) = scene.pending()
    assert holder == "~returned"
