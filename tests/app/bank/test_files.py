"""A bank's directory: what is read, and what one bad file does to the others."""

from pathlib import Path

import pytest

from app.bank.files import BankFiles, narrowed, read_bank

TOPICS = """topics:
  - {slug: sums, title: Sums, description: Adding up., prerequisites: [], order: 2}
  - {slug: slopes, title: Slopes, description: How steep., prerequisites: [sums], order: 1}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "sums").mkdir(parents=True)
    (folder / "slopes").mkdir()
    (folder / "topics.yaml").write_text(TOPICS)
    (folder / "sums" / "_notes.md").write_text("Adding up.\n")
    (folder / "sums" / "add.md").write_text("a question")
    (folder / "slopes" / "steep.md").write_text("another")
    return folder


def problems(bank: BankFiles) -> list[str]:
    found = [*bank.topics_problems, *bank.problems]
    found += [problem for question in bank.questions for problem in question.problems]
    return [str(problem).replace(": error:", "") for problem in found]


def test_topics_lessons_and_questions_are_read(folder: Path) -> None:
    bank = read_bank(folder)
    assert problems(bank) == []
    assert [(topic.slug, topic.position, topic.notes) for topic in bank.topics] == [
        ("slopes", 1, ""),
        ("sums", 2, "Adding up.\n"),
    ]
    assert [(question.id, question.topic, question.file) for question in bank.questions] == [
        ("steep", "slopes", "content/slopes/steep.md"),
        ("add", "sums", "content/sums/add.md"),
    ]


def test_a_question_knows_the_hash_of_its_text(folder: Path) -> None:
    before = {question.id: question.sha256 for question in read_bank(folder).questions}
    (folder / "sums" / "add.md").write_text("a question!")
    after = {question.id: question.sha256 for question in read_bank(folder).questions}
    assert before["add"] != after["add"]
    assert before["steep"] == after["steep"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe", "content/sums/add.md:1:1 not UTF-8 text: save the file as UTF-8"),
        (b"ab\ncd\xe4", "content/sums/add.md:2:3 not UTF-8 text: save the file as UTF-8"),
        (b"x" * 200_001, "content/sums/add.md:1:1 larger than 200,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_hides_no_other(folder: Path, data: bytes, message: str) -> None:
    (folder / "sums" / "add.md").write_bytes(data)
    bank = read_bank(folder)
    assert problems(bank) == [message]
    assert [question.id for question in bank.questions if not question.problems] == ["steep"]


def test_a_folder_in_the_place_of_a_file_is_a_problem(folder: Path) -> None:
    (folder / "sums" / "odd.md").mkdir()
    assert problems(read_bank(folder)) == ["content/sums/odd.md:1:1 cannot be read: Is a directory"]


def test_a_byte_order_mark_is_left_out(folder: Path) -> None:
    (folder / "sums" / "add.md").write_bytes(b"\xef\xbb\xbftext")
    assert read_bank(folder).questions[1].text == "text"


def test_an_id_that_two_topics_use_is_reported_on_both(folder: Path) -> None:
    (folder / "slopes" / "add.md").write_text("the same id")
    found = problems(read_bank(folder))
    assert [one.split(" ")[0] for one in found] == [
        "content/slopes/add.md:1:1",
        "content/sums/add.md:1:1",
    ]
    assert found[0].endswith("'add' is also that of content/sums/add.md: rename one of them")


def test_a_folder_that_is_no_topic_is_reported_once(folder: Path) -> None:
    (folder / "extra").mkdir()
    assert problems(read_bank(folder)) == []
    (folder / "extra" / "a.md").write_text("")
    (folder / "extra" / "b.md").write_text("")
    assert problems(read_bank(folder)) == [
        "content/extra:1:1 this folder is no topic: list it in topics.yaml"
    ]


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ("topics: [", "1:9 not valid YAML"),
        ("- slug: sums", "1:1 write 'topics:' and below it"),
        ("topics: {}", "1:9 'topics' must be a list"),
        ("topic: []", "1:1 unknown key 'topic', did you mean 'topics'?"),
        ("topics: [sums]", "1:10 a topic is a mapping with slug, title and description"),
        ("topics:\n  - {slug: sums, title: S}", "2:5 the key 'description' is missing"),
        ("topics:\n  - {slug: No, title: S, description: D}", "2:6 'No' is no slug"),
        (
            "topics:\n  - {slug: a, title: S, description: D, prerequisites: [b]}",
            "1:1 'a' builds on 'b', which is no topic",
        ),
        (
            "topics: [{slug: a, title: S, description: D}, {slug: a, title: S, description: D}]",
            "1:1 the topic 'a' is listed twice",
        ),
        ("", "1:1 write 'topics:' and below it"),
    ],
)
def test_a_bad_list_of_topics_is_reported(folder: Path, topics: str, message: str) -> None:
    (folder / "topics.yaml").write_text(topics)
    found = [str(problem).replace(": error:", "") for problem in read_bank(folder).topics_problems]
    assert any(one.startswith(f"content/topics.yaml:{message}") for one in found), found


def test_a_missing_list_of_topics_is_reported(tmp_path: Path) -> None:
    bank = read_bank(tmp_path / "nowhere")
    assert [problem.message for problem in bank.topics_problems] == [
        "cannot be read: No such file or directory"
    ]
    assert bank.questions == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\r\n", "content/sums/_notes.md:1:2 carriage return: save the file with LF line ends"),
        (b"\xff", "content/sums/_notes.md:1:1 not UTF-8 text: save the file as UTF-8"),
    ],
)
def test_a_bad_lesson_is_left_out_and_reported(folder: Path, data: bytes, message: str) -> None:
    (folder / "sums" / "_notes.md").write_bytes(data)
    bank = read_bank(folder)
    assert problems(bank) == [message]
    assert bank.topics[1].notes == ""


def test_what_is_to_be_covered_is_read(folder: Path) -> None:
    (folder / "coverage.yaml").write_text(
        "rows: {sums: [SU01, SU02]}\ncorrections: {sums: [E-SU1]}"
    )
    coverable = read_bank(folder).coverable
    assert coverable.rows == {"SU01": "sums", "SU02": "sums"}
    assert coverable.corrections == {"E-SU1": "sums"}
    assert "SU01" in coverable
    assert "E-SU1" in coverable
    assert "SU03" not in coverable


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rows: [", "1:7 not valid YAML"),
        ("columns: {}", "1:1 unknown key 'columns': rows or corrections"),
        ("rows: {sums: SU01, sea: [[SU02]]}", "1:26 'sea' must be one line of text"),
        ("rows: [SU01]", "1:7 write topics with their ids"),
        ("rows: {sums: [SU01, SU01]}", "1:21 the id 'SU01' stands here twice"),
        ("- rows", "1:1 write rows: and corrections:"),
    ],
)
def test_a_bad_coverage_list_is_reported(folder: Path, text: str, message: str) -> None:
    (folder / "coverage.yaml").write_text(text)
    (found,) = problems(read_bank(folder))
    assert found.startswith(f"content/coverage.yaml:{message}")


def test_a_coverage_list_that_is_no_text_is_reported(folder: Path) -> None:
    (folder / "coverage.yaml").write_bytes(b"\xff")
    (found,) = problems(read_bank(folder))
    assert found.startswith("content/coverage.yaml:1:1 not UTF-8")


def test_a_bank_can_be_narrowed_to_files_and_folders(folder: Path) -> None:
    (folder / "slopes" / "_notes.md").write_bytes(b"\r")
    bank = read_bank(folder)
    one = narrowed(bank, folder, [folder / "sums" / "add.md"])
    assert [question.id for question in one.questions] == ["add"]
    assert one.problems == ()
    assert [topic.notes for topic in one.topics] == ["", ""]
    topic = narrowed(bank, folder, [folder / "sums"])
    assert [topic.notes for topic in topic.topics] == ["", "Adding up.\n"]
    assert narrowed(bank, folder, [folder]).questions == bank.questions
    assert len(narrowed(bank, folder, [folder / "slopes"]).problems) == 1


def test_a_path_that_is_not_of_the_bank_is_told_so(folder: Path) -> None:
    bank = narrowed(read_bank(folder), folder, [folder / "sums" / "none.md"])
    (found,) = bank.problems
    assert found.message == f"no question or lesson of the bank in {folder} is here"
