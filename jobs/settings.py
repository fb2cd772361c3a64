"""The settings, read from the environment with the prefix SHOTLENS_. `docs/operations.md` lists them from here."""

from pathlib import Path

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.shot import DetectorName


class Settings(BaseSettings):
    """What every service needs to know."""

    model_config = SettingsConfigDict(env_prefix="SHOTLENS_", populate_by_name=True)

    redis_url: str = Field(
        "redis://localhost:6379/0",
        validation_alias=AliasChoices("SHOTLENS_REDIS_URL", "REDIS_URL"),
        description="The Redis or Valkey server (6.2 or newer). `REDIS_URL` is read too.",
    )
    data: Path = Field(Path("data"), description="The folder for uploads and frames, shared by all services.")
    keep_days: float = Field(30, gt=0, description="Days after which a finished job and its files are removed.")


class ApiSettings(Settings):
    """The web service."""

    max_upload_bytes: int = Field(2_000_000_000, gt=0, description="Largest video that is accepted, in bytes.")
    max_wait: int = Field(300, ge=0, description="Longest `Prefer: wait`, in seconds.")
    webhook_hosts: str | None = Field(
        None, description="Hosts, or `host:port`, that may be called back, separated by spaces; none when not set."
    )
    webhook_secret: str | None = Field(
        None,
        description="Signs what is sent there, by HMAC: any text, or base64 behind `whsec_`. Needed with the hosts.",
    )
    spare_bytes: int = Field(
        500_000_000, ge=0, description="Disk that an upload must leave free; else it is refused with 507."
    )
    upload_hours: float = Field(
        24, gt=0, description="Hours after its last piece by which a resumable upload must go on; else it is removed."
    )
    rate_limit: int = Field(
        1200, ge=0, description="Requests a minute from one key, or from one address without a key; 0 is no limit."
    )
    proxies: int = Field(
        0, ge=0, description="Trusted proxies in front, whose `X-Forwarded-For` tells the client's address."
    )
    cors_origins: str | None = Field(
        None,
        pattern=r"^\s*(https?://[^\s/*]+(\s+|$))*$",
        description="Origins whose scripts may ask, as `https://a.example`, separated by spaces; none when not set.",
    )


class WorkerSettings(Settings):
    """What both workers need to know."""

    lease: float = Field(60, gt=0, description="Seconds without a heartbeat after which another worker takes over.")
    heartbeat: float = Field(15, gt=0, description="Seconds between heartbeats; well below the lease.")
    grace: float = Field(45, ge=0, description="Seconds that a stopping worker may use to finish what it holds.")
    health_file: Path | None = Field(None, description="A file touched with every heartbeat, for health checks.")


class CutSettings(WorkerSettings):
    """The cutting worker, and the limits on a stranger's video."""

    detector: DetectorName = Field("shotlens", description="What finds the cuts: our own, or one of PySceneDetect's.")
    min_shot: float = Field(
        0, ge=0, le=60, description="Seconds that a shot lasts at least; no boundary comes earlier."
    )
    deadline: float = Field(7200, gt=0, description="Seconds that cutting one video may take.")
    stall: float = Field(60, gt=0, description="Seconds without any progress after which cutting is given up.")
    max_pixels: int = Field(8_300_000, gt=0, description="Largest picture, in pixels (8.3 million holds 4K).")
    max_fps: float = Field(120, gt=0, description="Highest average frame rate.")
    max_seconds: float = Field(3 * 3600, gt=0, description="Longest video, in seconds.")
    max_shots: int = Field(10_000, gt=0, description="Most shots in one video.")
    max_memory: int = Field(4_000_000_000, gt=0, description="Address space of the process that decodes, in bytes.")


class ModelSettings(WorkerSettings):
    """The model worker."""

    deadline: float = Field(600, gt=0, description="Seconds that one batch may take.")
    model_batch: int = Field(16, gt=0, description="Most shots predicted together.")
    weights: Path | None = Field(None, description="Weights to serve; the shipped ones when not set.")


def explain(error: ValidationError) -> str:
    """Say in one sentence which settings are wrong and why."""
    wrong = (f"SHOTLENS_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
    return f"A setting in the environment is wrong ({'; '.join(wrong)})."
