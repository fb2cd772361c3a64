"""The settings of all services, read from the environment with the prefix SHOTLENS_."""

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings that every service needs."""

    model_config = SettingsConfigDict(env_prefix="SHOTLENS_", populate_by_name=True)

    redis_url: str = Field(
        "redis://localhost:6379/0",
        validation_alias=AliasChoices("SHOTLENS_REDIS_URL", "REDIS_URL"),
        description="The Redis or Valkey server (6.2 or newer). `REDIS_URL` is read too.",
    )
    data: Path = Field(Path("data"), description="The folder for uploads and frames, shared by all services.")
    keep_days: float = Field(
        30,
        gt=0,
        description="Days after which a finished job and its files are deleted, unless it is kept or corrected.",
    )
    spare_bytes: int = Field(
        500_000_000,
        ge=0,
        description="Free disk space to keep, in bytes: an upload that would use it is refused with 507.",
    )


class WorkerSettings(Settings):
    """The settings that both workers need."""

    lease: float = Field(60, gt=0, description="Seconds without a heartbeat after which another worker takes over.")
    heartbeat: float = Field(15, gt=0, description="Seconds between heartbeats; well below the lease.")
    grace: float = Field(45, ge=0, description="Seconds that a stopping worker may take to finish the work it holds.")
    health_file: Path | None = Field(None, description="A file touched with every heartbeat, for health checks.")
