"""The settings of the web service."""

from pydantic import Field

from jobs.settings import Settings


class ApiSettings(Settings):
    """The settings that only the web service needs."""

    max_upload_bytes: int = Field(2_000_000_000, gt=0, description="Largest video accepted, in bytes.")
    max_wait: int = Field(300, ge=0, description="Longest wait granted to `Prefer: wait`, in seconds.")
    webhook_hosts: str | None = Field(
        None, description="Hosts, or `host:port`, that may be called back, separated by spaces; default: none."
    )
    webhook_secret: str | None = Field(
        None,
        description="Signs callbacks by HMAC: any text, or base64 prefixed with `whsec_`. Required with the hosts.",
    )
    upload_hours: float = Field(
        24, gt=0, description="Hours after which an unfinished resumable upload that receives no more bytes is removed."
    )
    rate_limit: int = Field(
        1200, ge=0, description="Requests per minute of one access key, or of one address without a key; 0: no limit."
    )
    proxies: int = Field(
        0, ge=0, description="Number of trusted proxies in front, which pass the client's address in `X-Forwarded-For`."
    )
    cors_origins: str | None = Field(
        None,
        pattern=r"^\s*(https?://[^\s/*]+(\s+|$))*$",
        description="Origins whose scripts may send requests: `https://a.example` and more, separated by spaces.",
    )
