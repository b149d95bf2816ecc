"""``import wirekit.dropin.auto`` puts wirekit in the place of the standard library's modules, from this line on."""

from wirekit.dropin import install

__all__: list[str] = []

install()
