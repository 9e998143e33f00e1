"""Progress of a fetch. In: events. Out: calls on a :class:`FetchProgress`, which the command line draws."""

from __future__ import annotations


class FetchProgress:
    """Who is told how far fetching is; this one reports nothing."""

    def stage(self, text: str) -> None:
        """A step begins; ``text`` says which, in English."""

    def bytes_done(self, name: str, done: int, total: int | None) -> None:
        """``done`` bytes of ``name`` are there, of ``total`` where the server says so."""

    def features_done(self, name: str, done: int, total: int | None) -> None:
        """``done`` features of a service are there, of ``total`` where the service counts them."""

    def note(self, text: str) -> None:
        """Something a planner may want to know, such as a wait the server asked for."""
