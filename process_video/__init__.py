"""The cutting worker: `shotlens.cutting` behind the queue."""
