"""A video goes in, its shots come out: where each begins and ends, how the camera moves, how large the subject is.

    import shotlens

    for shot in shotlens.cut("ad.mp4"):
        print(shot.start, shot.end, shot.transition)
    for shot in shotlens.predict("ad.mp4").shots:
        print(shot.start_timecode, shot.label_of("movement"), shot.label_of("scale"))

`cut` and `predict` run on this machine; `Client` has a service do the same. Each imports what it needs on first use.
If anything is wrong with a video, they raise a `ShotlensError`, whose message is a sentence for the user.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shotlens.client import Client
    from shotlens.local import LocalResult, cut, predict
    from shotlens.shots.errors import ShotlensError

__version__ = "0.2.0"
__all__ = ["Client", "LocalResult", "ShotlensError", "__version__", "cut", "predict"]

_MODULES = {
    "Client": "client",
    "LocalResult": "local",
    "ShotlensError": "shots.errors",
    "cut": "local",
    "predict": "local",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
