"""Which live values a card may show. Higher apps know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Provider = Callable[[], Iterable[tuple[str, str]]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Offer live values to the forms of cards: `provider()` answers names, as `now.json` carries them, with their labels."""
    if provider not in _providers:
        _providers.append(provider)


def names() -> list[tuple[str, str]]:
    """Names and labels of all live values."""
    return [one for provider in _providers for one in provider()]
