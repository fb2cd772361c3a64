"""Videos on their way in: at once, as a form or a raw body, or in pieces that go on after a break."""
