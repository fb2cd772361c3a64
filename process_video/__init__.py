"""The cutting worker: runs `shotlens.cutting` on videos from the queue."""
