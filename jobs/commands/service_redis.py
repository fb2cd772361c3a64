"""How an operator's command finds the service's Redis: the one in the settings, else that of `shotlens run`."""

from redis import Redis, RedisError

from jobs.queue import connect
from jobs.settings import Settings
from shotlens.shots.errors import ShotlensError

LOCK = "lock"  # in the data folder: locked by `shotlens run`, which writes the address of its own Redis server into it


def connect_to_service() -> tuple["Redis", Settings]:
    """Connect to the service's Redis. Raises ShotlensError if none answers."""
    settings = Settings()
    address = settings.redis_url
    if "redis_url" not in settings.model_fields_set:
        address = _address_in_lock(settings) or address
    redis = connect(address)
    try:
        redis.ping()
    except RedisError as error:
        raise ShotlensError(
            f"No Redis server answers at {address}: start the service, or set REDIS_URL to its server."
        ) from error
    return redis, settings


def _address_in_lock(settings: Settings) -> str | None:
    try:
        return (settings.data / LOCK).read_text() or None
    except OSError:  # `shotlens run` has never used this folder
        return None
