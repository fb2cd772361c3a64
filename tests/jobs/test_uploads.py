"""The record of a resumable upload: it lasts until it expires or is forgotten, also through a crash of Redis."""

import time
from pathlib import Path

from redis import Redis

from jobs.queue import connect
from jobs.redis_server import RedisServer
from jobs.uploads import PartialUpload, PartialUploads
from shotlens.shots.options import JobOptions
from shotlens.storage.files import new_job_id


def announced() -> PartialUpload:
    return PartialUpload(
        new_job_id(), 100, "Größe.mp4", "filename R3LDtsOfZS5tcDQ=", JobOptions(min_shot=0.5), "https://a.example/told"
    )


def test_an_upload_is_stored_until_it_is_forgotten(redis: Redis) -> None:
    partials, partial = PartialUploads(redis), announced()
    assert not partials.exists(partial.id)
    partials.save(partial, 60)
    assert (partials.get(partial.id), partials.exists(partial.id)) == (partial, True)
    partials.forget(partial.id)
    assert (partials.get(partial.id), partials.exists(partial.id)) == (None, False)


def test_it_expires_unless_it_is_saved_again(redis: Redis) -> None:
    partials, expired, renewed = PartialUploads(redis), announced(), announced()
    for each in (expired, renewed):
        partials.save(each, 0.05)
    partials.save(renewed, 60)
    time.sleep(0.1)
    assert (partials.get(expired.id), partials.get(renewed.id)) == (None, renewed)


def test_it_survives_a_crash_of_redis(tmp_path: Path) -> None:
    server, partial = RedisServer(tmp_path), announced()
    server.start()
    redis = connect(server.url)
    PartialUploads(redis).save(partial, 60)
    redis.close()
    server.kill()
    server.start()
    redis = connect(server.url)
    assert PartialUploads(redis).get(partial.id) == partial
    redis.close()
    server.stop()
