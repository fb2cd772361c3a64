"""The size at which shots are told apart. Knows no picture."""

LUMA_SIZE = (64, 36)  # width and height in pixels, whatever the shape of the video
CHROMA_SIZE = (32, 18)
