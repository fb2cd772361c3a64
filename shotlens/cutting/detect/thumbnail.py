"""The size of the thumbnails from which cuts are detected. Knows nothing about pictures."""

LUMA_SIZE = (64, 36)  # width and height in pixels, whatever the aspect ratio of the video
CHROMA_SIZE = (32, 18)
