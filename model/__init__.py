"""The model worker: runs `shotlens.predicting` on shots from the queue."""
