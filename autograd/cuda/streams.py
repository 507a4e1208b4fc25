"""Queues of work on a GPU, and marks in them: CuPy's."""

from __future__ import annotations

from typing import Any

from ..device import device as Device
from ..types import DeviceLike
from .library import gpu


class Stream:
    """A queue of work, which a GPU does in order; `with stream(s):` puts work into it."""

    def __init__(self, device: DeviceLike = None, priority: int = 0, *, _queue: Any = None) -> None:
        self._cupy, index = gpu(device)
        self.device, self.priority = Device("cuda", index), priority
        with self._cupy.cuda.Device(index):
            self._queue = self._cupy.cuda.Stream(non_blocking=True, priority=priority) if _queue is None else _queue

    @property
    def cuda_stream(self) -> int:
        """The address of CUDA's own."""
        return int(self._queue.ptr)

    def query(self) -> bool:
        """Whether all work in it is done."""
        return bool(self._queue.done)

    def synchronize(self) -> None:
        """Waits until all work in it is done."""
        self._queue.synchronize()

    def record_event(self, event: Event | None = None) -> Event:
        """Puts a mark behind the work in it so far."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """What comes into it from now on waits for the mark."""
        self._queue.wait_event(event._mark)

    def wait_stream(self, stream: Stream) -> None:
        """What comes into it from now on waits for the work in another so far."""
        self.wait_event(stream.record_event())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and (self.device, self.cuda_stream) == (other.device, other.cuda_stream)

    def __hash__(self) -> int:
        return hash((self.device, self.cuda_stream))

    def __repr__(self) -> str:
        return f"<autograd.cuda.Stream device={self.device} cuda_stream={self.cuda_stream:#x}>"


class Event:
    """A mark in a queue of work, which may note the time when it is reached."""

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        self._cupy, _ = gpu()
        self._mark = self._cupy.cuda.Event(block=blocking, disable_timing=not enable_timing, interprocess=interprocess)
        self._timed = enable_timing

    def record(self, stream: Stream | None = None) -> None:
        """Puts it behind the work in the stream (None: the current one) so far."""
        self._mark.record(None if stream is None else stream._queue)

    def wait(self, stream: Stream | None = None) -> None:
        """What comes into the stream (None: the current one) from now on waits for it."""
        (current_stream() if stream is None else stream).wait_event(self)

    def query(self) -> bool:
        """Whether all work before it is done."""
        return bool(self._mark.done)

    def synchronize(self) -> None:
        """Waits until all work before it is done."""
        self._mark.synchronize()

    def elapsed_time(self, end_event: Event) -> float:
        """The milliseconds from this mark to another."""
        if not (self._timed and end_event._timed):
            raise ValueError("elapsed_time: both events have to be made with enable_timing=True")
        return float(self._cupy.cuda.get_elapsed_time(self._mark, end_event._mark))


class StreamContext:
    """Inside, work goes into a stream; None changes nothing."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            self.stream._queue.__enter__()

    def __exit__(self, *error: object) -> None:
        if self.stream is not None:
            self.stream._queue.__exit__(*error)


stream = StreamContext


def set_stream(stream: Stream | None) -> None:
    """From now on work goes into a stream; None changes nothing."""
    if stream is not None:
        stream._queue.use()


def current_stream(device: DeviceLike = None) -> Stream:
    """The stream that work goes into."""
    cupy, _ = gpu(device)
    return Stream(device, _queue=cupy.cuda.get_current_stream())


def default_stream(device: DeviceLike = None) -> Stream:
    """The stream that work goes into if nobody says otherwise."""
    cupy, _ = gpu(device)
    return Stream(device, _queue=cupy.cuda.Stream.null)


def get_stream_from_external(data_ptr: int, device: DeviceLike = None) -> Stream:
    """The stream at an address that another library gave."""
    cupy, _ = gpu(device)
    return Stream(device, _queue=cupy.cuda.ExternalStream(data_ptr))


ExternalStream = get_stream_from_external
