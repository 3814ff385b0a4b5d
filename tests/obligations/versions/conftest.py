from tests.support.later import next_edition, release

__all__ = ["next_edition", "release"]
