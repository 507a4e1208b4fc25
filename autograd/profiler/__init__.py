"""Where the time of a computation goes, under the names of torch.profiler and torch.autograd.profiler.

recorder  stands around what the engine computes, and takes the time
events    each call, and the averages of those that are alike
lists     grouped, added up, printed (`table`), written into files (`trace`)
marking   names for parts of a computation
schedule  which steps of a training are recorded
profile   all of it, as a context manager
"""

from .events import DeviceType, FunctionEvent, FunctionEventAvg
from .lists import EventList
from .marking import record_function
from .nvtx import emit_itt, emit_nvtx, kineto_available
from .profile import profile
from .schedule import ProfilerAction, ProfilerActivity, schedule, supported_activities, tensorboard_trace_handler

__all__ = [
    "DeviceType",
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "ProfilerAction",
    "ProfilerActivity",
    "emit_itt",
    "emit_nvtx",
    "kineto_available",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]
