from app.kit.clock import known_zone, new_id


def test_ids_made_later_sort_later_and_are_version_7() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {made.version for made in ids} == {7}
    milliseconds = [made.int >> 80 for made in ids]
    assert milliseconds == sorted(milliseconds)


def test_a_zone_is_known_or_it_is_utc() -> None:
    assert known_zone("Europe/Berlin") == "Europe/Berlin"
    assert known_zone("Mars/Olympus") == "UTC"
    assert known_zone("/etc/passwd") == "UTC"
    assert known_zone("") == "UTC"
