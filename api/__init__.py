"""The web service: the page, REST, health. Knows nothing about networks or video decoders."""
