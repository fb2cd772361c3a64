"""A finished result as a file: for editors, players, annotators, spreadsheets, training. Knows no HTTP and no job."""

from typing import Literal

Format = Literal["json", "csv", "otio", "edl", "fcpxml", "vtt", "eaf", "movieshots"]
