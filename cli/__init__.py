"""`shotlens`: the whole service or one video from a terminal. Imports the other rooms only when it needs them."""
