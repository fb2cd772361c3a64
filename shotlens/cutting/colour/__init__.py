"""The colours of decoded frames, as a usual screen shows them."""
