from tests.support.later import first_release, next_edition, release

__all__ = ["first_release", "next_edition", "release"]
