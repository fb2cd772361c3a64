"""The web service: the page, REST, health. Knows no TensorFlow and no video decoder."""
