"""What a request can be refused for."""

from __future__ import annotations


class BadRequest(Exception):
    """A request that cannot be served: its HTTP status, what to mend, and after how many seconds another try makes sense."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
