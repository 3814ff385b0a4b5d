"""The key that seals: in base64 or a file, and refused in words that do not repeat it."""

from __future__ import annotations

import pytest

from contracts import sealing_key


def test_a_key_in_base64_and_in_a_file_are_the_same(tmp_path):
    path = sealing_key.kept_at(tmp_path / "var" / "seal_key")
    assert path.stat().st_mode & 0o777 == 0o600
    first = sealing_key.load(str(path))
    assert sealing_key.load(path.read_text().strip()).public == first.public
    assert sealing_key.load(str(sealing_key.kept_at(path))).public == first.public  # made once


def test_a_signature_holds_for_its_text_and_its_key_only():
    key, other = sealing_key.load(sealing_key.made()), sealing_key.load(sealing_key.made())
    signature = key.sign("text")
    assert sealing_key.signed_by(key.public, "text", signature)
    for public, text, said in (
        (other.public, "text", signature),
        (key.public, "texT", signature),
        (key.public, "text", "A" + signature[1:] if signature[0] != "A" else "B" + signature[1:]),
        (key.public, "text", "no base64 !"),
        ("no key", "text", signature),
        (key.public, "text", ""),
    ):
        assert not sealing_key.signed_by(public, text, said)


def test_a_fingerprint_is_read_out_in_groups():
    words = sealing_key.fingerprint(sealing_key.load(sealing_key.made()).public).split()
    assert len(words) == 8 and {len(one) for one in words} == {4}


def test_what_is_no_key_is_refused_without_repeating_it(tmp_path):
    (tmp_path / "short").write_text("c2hvcnQ=")
    (tmp_path / "binary").write_bytes(b"\xff" * 40)
    for said in ("x", "A" * 44, str(tmp_path / "short"), str(tmp_path / "binary"), str(tmp_path), "/no/such"):
        with pytest.raises(sealing_key.BadKey) as refused:
            sealing_key.load(said)
        assert said not in str(refused.value) and "32 bytes in base64" in str(refused.value)
