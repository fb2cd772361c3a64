"""How a command of the operator finds the service's Redis: as it is set, else the one that `shotlens run` started."""

from redis import Redis, RedisError

from jobs.queue import connect
from jobs.settings import Settings
from shotlens.shots.errors import ShotlensError

LOCK = "lock"  # in the data folder: locked by the run that uses it, and holds the address of its own Redis server


def reach_redis() -> tuple["Redis", Settings]:
    """Connect to the service's Redis. Raises ShotlensError where none answers."""
    settings = Settings()
    address = settings.redis_url
    if "redis_url" not in settings.model_fields_set:
        address = _of_a_run(settings) or address
    redis = connect(address)
    try:
        redis.ping()
    except RedisError as error:
        raise ShotlensError(
            f"No Redis server answers at {address}; start the service, or set REDIS_URL to the service's."
        ) from error
    return redis, settings


def _of_a_run(settings: Settings) -> str | None:
    try:
        return (settings.data / LOCK).read_text() or None
    except OSError:  # nothing ever ran on this folder
        return None
