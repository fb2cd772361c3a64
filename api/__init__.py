"""The web service: the page, REST, health. Knows nothing about TensorFlow or video decoders."""
