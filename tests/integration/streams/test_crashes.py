"""A worker that dies in each of the ways in which workers die: nothing is lost, nothing happens twice, it goes on within seconds."""

import os
import signal
import time

import psutil
from fixtures.queue_scene import ASR, LEASE_S, Scene, is_gone, wait_for


def test_a_killed_child_is_replaced_and_its_run_is_charged_once(scene: Scene) -> None:
    scene.publish("once:60:a", "sleep:0:b")
    worker = scene.start()
    scene.wait_started("once:60:a")
    worker.signal_child(signal.SIGKILL)
    scene.wait_states({"once:60:a": "done", "sleep:0:b": "done"})
    row = scene.run_store.row("once:60:a")
    assert (row.attempts, row.lost_leases, row.last_error) == (1, 0, "worker_crashed: SIGKILL")
    assert scene.run_store.row("sleep:0:b").attempts == 0
    assert len(scene.run_store.diary("effects")) == 2
    wait_for(lambda: scene.client.xlen(ASR) == 0, 60, "an empty stream")


def test_after_a_kill_of_a_child_its_neighbour_goes_on_within_seconds(scene: Scene) -> None:
    scene.start_two()
    scene.publish("once:60:a")
    scene.wait_started("once:60:a")
    scene.worker_of("once:60:a").signal_child(signal.SIGKILL)
    killed = time.time()
    scene.wait_started("once:60:a", times=2)
    assert scene.run_store.diary("starts", "once:60:a")[1][2] - killed < 5


def test_a_killed_parent_takes_its_child_along_and_the_lease_runs_out(scene: Scene) -> None:
    scene.start_two()
    scene.publish("once:60:a")
    scene.wait_started("once:60:a")
    first = scene.worker_of("once:60:a")
    child = first.child
    first.signal_parent(signal.SIGKILL)
    killed = time.time()
    wait_for(lambda: is_gone(child), 3, "the child's end")
    scene.wait_states({"once:60:a": "done"})
    assert scene.run_store.diary("starts", "once:60:a")[1][2] - killed < 5
    row = scene.run_store.row("once:60:a")
    assert (row.attempts, row.lost_leases) == (0, 1)
    assert len(scene.run_store.diary("effects", "once:60:a")) == 1


def test_parent_and_child_killed_together_is_a_lost_lease(scene: Scene) -> None:
    scene.publish("once:60:a")
    worker = scene.start()
    scene.wait_started("once:60:a")
    child = worker.child
    worker.signal_parent(signal.SIGSTOP)
    os.kill(child, signal.SIGKILL)
    worker.signal_parent(signal.SIGKILL)
    scene.start()
    scene.wait_states({"once:60:a": "done"})
    row = scene.run_store.row("once:60:a")
    assert (row.attempts, row.lost_leases) == (0, 1)


def test_a_child_that_burns_the_gil_keeps_its_lease(scene: Scene) -> None:
    """Each C call of the burner holds the GIL for more than a lease; a second worker waits for exactly this entry."""
    scene.start_two()
    scene.publish("burn:5:a")
    scene.wait_states({"burn:5:a": "done"}, 90)
    (start,) = scene.run_store.diary("starts", "burn:5:a")
    (effect,) = scene.run_store.diary("effects", "burn:5:a")
    assert effect[2] - start[2] > 5 * LEASE_S
    assert scene.run_store.row("burn:5:a").lost_leases == 0


def test_without_a_parent_the_same_burner_is_started_twice(scene: Scene) -> None:
    """The control: leases renewed by a task beside the work (OwnLeases), as other libraries do it, and the run starts again elsewhere."""
    scene.start_two(TEST_OWN_LEASES="1")
    scene.publish("burn:5:a")
    scene.wait_started("burn:5:a", times=2)


def test_a_stopped_child_loses_its_lease_and_commits_nothing_when_it_wakes(scene: Scene) -> None:
    scene.start_two()
    scene.publish("once:60:a")
    scene.wait_started("once:60:a")
    stopped = scene.worker_of("once:60:a").signal_child(signal.SIGSTOP)
    scene.wait_started("once:60:a", times=2)
    os.kill(stopped, signal.SIGCONT)
    scene.wait_states({"once:60:a": "done"})
    scene.publish("sleep:1:x", "sleep:1:y")
    scene.wait_states({"sleep:1:x": "done", "sleep:1:y": "done"})
    (effect,) = scene.run_store.diary("effects", "once:60:a")
    assert effect[1] != stopped
    assert stopped in {
        pid for _, pid, _ in scene.run_store.diary("starts", "sleep:1:x") + scene.run_store.diary("starts", "sleep:1:y")
    }
    assert scene.run_store.row("once:60:a").lost_leases == 1


def test_a_stopped_parent_is_told_by_redis_and_its_child_drops_the_work(scene: Scene) -> None:
    scene.start_two()
    scene.publish("once:60:a")
    scene.wait_started("once:60:a")
    first = scene.worker_of("once:60:a")
    child = first.child
    first.signal_parent(signal.SIGSTOP)
    scene.wait_started("once:60:a", times=2)
    first.signal_parent(signal.SIGCONT)
    scene.wait_states({"once:60:a": "done"})
    scene.publish("sleep:1:x", "sleep:1:y")
    scene.wait_states({"sleep:1:x": "done", "sleep:1:y": "done"})
    (effect,) = scene.run_store.diary("effects", "once:60:a")
    assert effect[1] != child
    assert child in {
        pid for _, pid, _ in scene.run_store.diary("starts", "sleep:1:x") + scene.run_store.diary("starts", "sleep:1:y")
    }


def test_a_poison_run_dies_after_three_tries_and_its_neighbours_live(scene: Scene) -> None:
    """On a quiet stream, four at once: nobody publishes anything after the poison."""
    neighbours = [f"sleep:0.02:{number}" for number in range(40)]
    scene.publish(*neighbours[:20], "poison:0.1:x", *neighbours[20:])
    scene.start(TEST_CONCURRENCY="4", TEST_PREFETCH="2")
    scene.wait_states({**dict.fromkeys(neighbours, "done"), "poison:0.1:x": "dead"}, 60)
    assert len(scene.run_store.diary("starts", "poison:0.1:x")) == 3
    assert scene.run_store.row("poison:0.1:x").last_error == "worker_crashed: SIGKILL"
    assert len(scene.run_store.diary("effects")) == 40
    assert max(scene.run_store.row(one).attempts for one in neighbours) <= 1
    wait_for(lambda: scene.client.xlen(ASR) == 0, 60, "an empty stream")


def test_a_neighbour_that_was_only_prefetched_is_not_charged(scene: Scene) -> None:
    scene.publish("poison:0.5:x", "sleep:0:b")
    scene.start(TEST_PREFETCH="1")
    scene.wait_states({"poison:0.5:x": "dead", "sleep:0:b": "done"}, 60)
    row = scene.run_store.row("sleep:0:b")
    assert (row.attempts, row.lost_leases) == (0, 0)


def test_what_kills_while_it_is_prepared_is_found_out_alone(scene: Scene) -> None:
    """The neighbour at work is charged once, never dead; the culprit is alone from then on and reaches its limit."""
    scene.publish("sleep:1:a", "badprepare:0.3:x", "sleep:0:b")
    scene.start(TEST_PREFETCH="1")
    scene.wait_states({"sleep:1:a": "done", "badprepare:0.3:x": "dead", "sleep:0:b": "done"}, 60)
    assert scene.run_store.row("sleep:1:a").attempts <= 1


def test_an_exit_of_the_child_is_charged_with_its_status(scene: Scene) -> None:
    scene.publish("exit:0:x", "sleep:0:b")
    scene.start()
    scene.wait_states({"exit:0:x": "dead", "sleep:0:b": "done"}, 60)
    assert scene.run_store.row("exit:0:x").last_error == "worker_crashed: exit 3"


def test_a_child_that_hangs_past_the_deadline_is_killed_and_the_run_charged(scene: Scene) -> None:
    """`block` does not let the loop run, so that the soft deadline cannot help. (The hard one comes 10 s later: patience.)"""
    scene.publish("block:60:x")
    worker = scene.start(AURICLE_ITEM_DEADLINE_SECONDS="0.5")
    scene.wait_started("block:60:x")
    first = worker.child
    scene.wait_started("block:60:x", times=2)
    assert is_gone(first)
    assert scene.run_store.row("block:60:x").last_error == "worker_crashed: deadline"


def test_a_handler_past_the_soft_deadline_costs_an_attempt_and_no_process(scene: Scene) -> None:
    scene.publish("sleep:60:x")
    worker = scene.start(AURICLE_ITEM_DEADLINE_SECONDS="0.3")
    child = worker.child
    scene.wait_states({"sleep:60:x": "dead"})
    assert worker.child == child
    assert scene.run_store.row("sleep:60:x").last_error == "worker_crashed: worked for more than 0.3 s"


def test_a_child_that_cannot_start_ends_its_parent_with_its_status(scene: Scene) -> None:
    worker = scene.start(TEST_CONCURRENCY="no number")
    assert worker.wait(60) == 1


def test_leftovers_of_a_dead_child_are_swept(scene: Scene) -> None:
    """A decoder that the child had started is in its process group."""
    scene.publish("sleep:5:a")
    worker = scene.start(TEST_GRANDCHILD="1")
    scene.wait_started("sleep:5:a")
    child = worker.child
    (grandchild,) = psutil.Process(child).children()
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: is_gone(grandchild.pid), 5, "the grandchild's end")
