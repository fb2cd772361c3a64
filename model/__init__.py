"""The model worker: `shotlens.predicting` behind the queue."""
