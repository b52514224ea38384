import threading

from live import wait_for

from alerts.paging.line import Line


def test_what_is_urgent_goes_first_and_the_others_in_their_order() -> None:
    line, order = Line(), list[str]()

    def take(name: str, *, urgent: bool) -> None:
        with line.turn(urgent=urgent):
            order.append(name)

    waiting = [("webhook 1", False), ("webhook 2", False), ("result 1", True), ("result 2", True)]
    threads = []
    with line.turn():
        for k, (name, urgent) in enumerate(waiting):
            threads.append(threading.Thread(target=take, args=(name,), kwargs={"urgent": urgent}))
            threads[-1].start()
            wait_for(lambda k=k: len(line) == k + 1, 10)
    for thread in threads:
        thread.join()
    assert order == ["result 1", "result 2", "webhook 1", "webhook 2"]
    assert len(line) == 0
