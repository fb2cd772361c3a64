"""The heads: each answers one question about a shot with one of its labels. This is the only list of them.

To add a head, add it to `HEADS` and write a module in `shotlens/predicting/heads/`; REST, the page, the exports and the
corrections read this table.
"""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Label:
    """One answer."""

    name: str  # in REST, records and exports
    word: str  # as people read it
    meaning: str
    key: str | None = None  # the keyboard key that sets it on the page


@dataclass(frozen=True, slots=True)
class Head:
    """One question, such as the scale."""

    name: str  # in REST, records and exports
    title: str  # as people read it
    labels: tuple[Label, ...]  # in the order of the network's outputs
    rank: int  # its position in a caption: the most informative head comes first
    network: str = "shotlens"  # one worker predicts all heads of a network together
    shown: int = 1  # how many of the most probable labels people see
    correctable: bool = True  # whether a person may set its label

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labels, in the order of the network's outputs."""
        return tuple(label.name for label in self.labels)


MOVEMENT = Head(
    name="movement",
    title="Movement",
    labels=(
        Label("static", "Static", "the camera stays still", "s"),
        Label("motion", "Motion", "pan, tilt, track or handheld", "m"),
        Label("push", "Push", "dolly or zoom in", "u"),
        Label("pull", "Pull", "dolly or zoom out", "p"),
    ),
    rank=1,
)
SCALE = Head(
    name="scale",
    title="Scale",
    labels=(
        Label("ECS", "Extreme close-up", "a part of a face, or a detail", "1"),
        Label("CS", "Close-up", "head and shoulders", "2"),
        Label("MS", "Medium shot", "from the knees or the waist up", "3"),
        Label("FS", "Full shot", "the whole body", "4"),
        Label("LS", "Long shot", "small in the landscape, or nobody", "5"),
    ),
    rank=0,
)
HEADS: dict[str, Head] = {head.name: head for head in (MOVEMENT, SCALE)}  # in the order of the result's fields


def heads_by_rank() -> list[Head]:
    """Return the heads in the order in which a caption lists their labels: `MS static`."""
    return sorted(HEADS.values(), key=lambda head: head.rank)


def label_type(head: Head) -> Any:
    """Return the type of a head's labels as a Literal, for models that validate what people send."""
    return Literal[head.names]
