from tests.support.later import first_versions, next_edition, release

__all__ = ["first_versions", "next_edition", "release"]
