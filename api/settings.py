"""The settings of the web service."""

from pydantic import Field

from jobs.settings import Settings


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
