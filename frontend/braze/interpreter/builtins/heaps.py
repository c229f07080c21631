"""The module heapq on lists that only the run knows: its functions in Python, interpreted.

They compare and move what the module does, in its order, so that equal items end in its places.
"""

import heapq
from collections.abc import Callable
from typing import Any

from braze.errors import Unsupported, refuse
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.frame import Frame
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.lists.wishes import wanting


def towards_root(heap: Any, start: Any, at: Any) -> None:
    item = heap[at]
    while at > start:
        up = (at - 1) // 2
        above = heap[up]
        if item < above:
            heap[at] = above
            at = up
        else:
            break
    heap[at] = item


def towards_leaves(heap: Any, at: Any) -> None:
    start = at
    end = len(heap)
    item = heap[at]
    child = 2 * at + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    towards_root(heap, start, at)


def pushed(heap: Any, item: Any) -> None:
    heap.append(item)
    towards_root(heap, 0, len(heap) - 1)


def popped(heap: Any) -> Any:
    last = heap.pop()
    first = last
    if len(heap) > 0:
        first = heap[0]
        heap[0] = last
        towards_leaves(heap, 0)
    return first


def replaced(heap: Any, item: Any) -> Any:
    first = heap[0]
    heap[0] = item
    towards_leaves(heap, 0)
    return first


def pushed_and_popped(heap: Any, item: Any) -> Any:
    first = item
    if len(heap) > 0 and heap[0] < item:
        first = heap[0]
        heap[0] = item
        towards_leaves(heap, 0)
    return first


def made_heap(heap: Any) -> None:
    k = len(heap) // 2 - 1
    while k >= 0:
        towards_leaves(heap, k)
        k -= 1


IN_PYTHON = {
    heapq.heappush: pushed,
    heapq.heappop: popped,
    heapq.heapreplace: replaced,
    heapq.heappushpop: pushed_and_popped,
    heapq.heapify: made_heap,
}


def on_vectors(function: Callable) -> Callable:
    """Return what a call of a function of heapq does."""

    def call(frame: Frame, heap: Any, *items: Any) -> Any:
        from braze.interpreter.calls import inline

        if not isinstance(heap, Vector) or heap.is_deque:
            error = refuse("a heap in a list that the function has not made")
            raise wanting(error, frame.recorder, heap, True)
        place = frame.recorder.place
        try:
            return inline(frame, frame.source.node, function, [heap, *items], {})
        except Unsupported as error:  # of the call, for whoever reads it
            error.place, error.node = place, None
            raise

    return call


for module_function, in_python in IN_PYTHON.items():
    builtin(module_function)(on_vectors(in_python))
