"""A video goes in, its shots come out: where each begins and ends, how the camera moves, how large the subject is.

    import shotlens

    for shot in shotlens.cut("ad.mp4"):
        print(shot.start, shot.end, shot.transition)
    for shot in shotlens.predict("ad.mp4").shots:
        print(shot.start_timecode, shot.label_of("movement"), shot.label_of("scale"))

`cut` and `predict` work on this machine; `Client` asks a service for the same. Each loads what it needs when it is
first used. Whatever goes wrong with a video is a `ShotlensError`, whose message is a sentence for a person.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shotlens.client import Client
    from shotlens.local import LocalResult, cut, predict
    from shotlens.shots.errors import ShotlensError

__version__ = "0.2.0"
__all__ = ["Client", "LocalResult", "ShotlensError", "__version__", "cut", "predict"]

_PLACES = {
    "Client": "client",
    "LocalResult": "local",
    "ShotlensError": "shots.errors",
    "cut": "local",
    "predict": "local",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
