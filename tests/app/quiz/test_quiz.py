import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.db import Database
from app.kit.clock import new_id
from app.models import Attempt, LoginSession, QuestionRevision, Quiz, QuizItem, User
from tests.browsing import Browser
from tests.conftest import Clock


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def ask(browser: Browser, question: str, seed: int = 0) -> None:
    """Open a question's own page and begin to answer it."""
    browser.open(f"/questions/{question}?seed={seed}")
    browser.send("/quizzes")


def attempts(database: Database) -> list[Attempt]:
    with database.read_now() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.created_at)))


def sum_asked(browser: Browser) -> tuple[int, int]:
    """Read the two numbers off the page of `add-two`."""
    first, second = browser.page.one("div", id="prompt").all("mn")
    return int(first.text), int(second.text)


def test_a_guest_starts_at_once_and_is_known_from_then_on(
    browser: Browser, database: Database
) -> None:
    browser.start(length="5")
    assert browser.path.endswith("/items/1")
    assert browser.client.cookies["forwardpass"]
    with database.read_now() as session:
        assert session.scalar(select(User.name)) is None
        assert len(session.scalar(select(LoginSession.reference_sha256)) or b"") == 32


def test_reading_pages_makes_no_guest(browser: Browser, database: Database) -> None:
    for path in ("/", "/topics", "/topics/sums", "/quizzes/new", "/help", "/questions/add-two"):
        browser.open(path)
        assert browser.status == 200
    assert not browser.client.cookies
    with database.read_now() as session:
        assert session.scalar(select(func.count(User.id))) == 0


def test_a_right_number_is_right_and_its_explanation_shows_its_own_numbers(
    browser: Browser, database: Database
) -> None:
    ask(browser, "add-two", seed=3)
    first, second = sum_asked(browser)
    browser.answer(number=str(first + second))
    assert browser.heading == "Right"
    assert f"{first + second}" in browser.text
    (attempt,) = attempts(database)
    assert (attempt.score, attempt.seed, attempt.drawn) == (1, 3, {"a": first, "b": second})
    assert attempt.graded_by["key"] == first + second


def test_a_trap_says_what_went_wrong(browser: Browser) -> None:
    ask(browser, "add-two", seed=3)
    first, second = sum_asked(browser)
    browser.answer(number=str(second - first))
    assert browser.heading == "Not right"
    assert "You subtracted" in browser.text


def test_the_accepted_interval_is_shown_with_its_unit(browser: Browser) -> None:
    ask(browser, "halve", seed=1)
    browser.answer(number="1000")
    assert re.search(r"The answer is \d\.\d\d m\. Accepted: ", browser.text)


@pytest.mark.parametrize("typed", ["3,5", "three", "", "1e", "nan", "9" * 100])
def test_a_number_that_cannot_be_read_is_no_attempt_and_stays_in_its_box(
    browser: Browser, database: Database, typed: str
) -> None:
    ask(browser, "halve")
    browser.answer(number=typed)
    assert browser.status == 422
    box = browser.page.one("input", name="number")
    assert box.attributes["value"] == typed
    assert box.attributes["aria-invalid"] == "true"
    assert attempts(database) == []


def test_a_missing_choice_is_asked_for_and_is_no_attempt(
    browser: Browser, database: Database
) -> None:
    ask(browser, "bias-role")
    browser.answer()
    assert browser.status == 422
    assert attempts(database) == []


def test_a_choice_that_was_never_offered_is_refused(browser: Browser, database: Database) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="forged")
    assert browser.status == 422
    assert attempts(database) == []


def test_each_option_has_its_reason_after_the_answer(browser: Browser) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="scale")
    assert browser.heading == "Not right"
    for words in ("Scaling is what weights do", "Nothing bounds the sum", "Your choice, not true"):
        assert words in browser.text


def test_boxes_earn_a_part_of_the_points(browser: Browser, database: Database) -> None:
    ask(browser, "true-of-relu")
    browser.answer(choice=["zero"])
    assert browser.heading == "Partly right"
    assert attempts(database)[0].score == 0.5


def test_lines_are_put_in_order_by_their_places(browser: Browser) -> None:
    ask(browser, "neuron-steps")
    order = {"place.weigh": "1", "place.sum": "2", "place.activate": "3"}
    browser.send("/answers", order, button="answer")
    assert browser.heading == "Right"


def test_only_lines_that_stand_wrong_to_others_are_marked_wrong(browser: Browser) -> None:
    ask(browser, "neuron-steps")
    order = {"place.weigh": "2", "place.sum": "3", "place.activate": "1"}
    browser.send("/answers", order, button="answer")
    assert browser.text.count("stands wrong to other lines") == 1
    assert browser.text.count("keeps the order as well") == 2


def test_two_lines_in_one_place_are_no_attempt_and_stay_as_typed(
    browser: Browser, database: Database
) -> None:
    ask(browser, "neuron-steps")
    order = {"place.weigh": "1", "place.sum": "1", "place.activate": "3"}
    browser.send("/answers", order, button="answer")
    assert browser.status == 422
    assert "Two lines have place 1" in browser.text
    assert browser.page.one("input", name="place.sum").attributes["value"] == "1"
    assert attempts(database) == []


def test_terms_are_matched_by_lists_and_every_pair_has_its_verdict(
    browser: Browser, database: Database
) -> None:
    ask(browser, "neuron-parts")
    lists = [chosen.attributes["name"] for chosen in browser.page.all("select")]
    assert lists == ["pair.weight", "pair.bias"]
    browser.send("/answers", {"pair.weight": "scales", "pair.bias": "bounds"}, button="answer")
    assert browser.heading == "Partly right"
    for words in ("As you said", "You chose: Bounds the sum", "It is added to the sum"):
        assert words in browser.text
    assert "Belongs to none" in browser.text
    (attempt,) = attempts(database)
    assert attempt.answer == {"given": ["weight -> scales", "bias -> bounds"]}
    assert attempt.score == 0.5


def test_a_term_without_a_partner_is_no_attempt_and_the_others_stay_chosen(
    browser: Browser, database: Database
) -> None:
    ask(browser, "neuron-parts")
    browser.send("/answers", {"pair.weight": "scales"}, button="answer")
    assert browser.status == 422
    assert "1 of 2 is still open" in browser.text
    chosen = [o for o in browser.page.all("option") if "selected" in o.attributes]
    assert [option.attributes["value"] for option in chosen] == ["scales"]
    assert browser.page.one("select", name="pair.bias").attributes["aria-invalid"] == "true"
    assert attempts(database) == []


def test_right_sides_with_formulas_stand_above_the_lists_with_letters(browser: Browser) -> None:
    ask(browser, "neuron-parts")
    partners = browser.page.one("ol", **{"class": "partners"})
    assert len(partners.all("math")) == 1
    letters = [option.text[:3] for option in browser.page.all("option")[1:4]]
    assert letters == ["A: ", "B: ", "C: "]


def test_pairs_that_were_only_shown_are_shown(browser: Browser) -> None:
    ask(browser, "neuron-parts")
    browser.send("/answers", button="show")
    assert browser.text.count("Belong together") == 2


def test_a_formula_is_right_in_any_form_and_told_where_it_differs(
    browser: Browser, database: Database
) -> None:
    ask(browser, "double-slope", seed=1)
    a = int(browser.page.one("div", id="prompt").all("mn")[0].text)
    browser.answer(formula=f"x*{a} + {a}*x")
    assert browser.heading == "Right"
    assert f"You wrote x*{a} + {a}*x. Equal to 2 * {a} * x." in browser.text
    ask(browser, "double-slope", seed=1)
    browser.answer(formula="x^3")
    assert browser.heading == "Not right"
    assert re.search(r"At x = −?[\d.]+ yours gives", browser.text)
    ask(browser, "double-slope", seed=1)
    browser.answer(formula=f"{a} * x")
    assert "The power comes down as a factor 2." in browser.text
    assert [attempt.score for attempt in attempts(database)] == [1, 0, 0]


def test_a_formula_that_cannot_be_read_is_no_attempt_and_stays_in_its_box(
    browser: Browser, database: Database
) -> None:
    ask(browser, "double-slope")
    browser.answer(formula="4x")
    assert browser.status == 422
    assert "At character 2: write the multiplication sign" in browser.text
    assert "An expression in x, with" in browser.text
    box = browser.page.one("input", name="formula")
    assert (box.attributes["value"], box.attributes["aria-invalid"]) == ("4x", "true")
    assert attempts(database) == []


def test_a_formula_that_was_only_shown_is_shown(browser: Browser) -> None:
    ask(browser, "double-slope")
    browser.send("/answers", button="show")
    assert re.search(r"A right formula is 2 \* \d \* x\.", browser.text)


def test_show_me_counts_as_missed_and_explains(browser: Browser, database: Database) -> None:
    ask(browser, "add-two", seed=3)
    browser.send("/answers", button="show")
    assert browser.heading == "Here is the answer"
    (attempt,) = attempts(database)
    assert (attempt.outcome, attempt.score, attempt.confidence) == ("shown", 0, None)


def test_neither_key_nor_reasons_are_in_the_page_before_the_answer(browser: Browser) -> None:
    ask(browser, "bias-role")
    html = browser.client.get(browser.path).text
    for secret in ("Scaling is what weights do", "is added to the weighted sum", "Any textbook"):
        assert secret not in html


def test_a_second_click_counts_once(browser: Browser, database: Database) -> None:
    ask(browser, "bias-role")
    before = browser.page
    browser.answer(choice="shift")
    browser.page = before
    browser.answer(choice="shift")
    assert browser.status == 200
    assert browser.heading == "Right"
    assert len(attempts(database)) == 1


def test_another_tab_cannot_change_the_answer(browser: Browser, database: Database) -> None:
    ask(browser, "bias-role")
    path = browser.path
    browser.open(path)
    other_tab = browser.page
    browser.open(path)
    browser.answer(choice="scale")
    browser.page = other_tab
    browser.answer(choice="shift")
    assert browser.status == 409
    assert "already answered" in browser.text
    links = [link.attributes["href"] for link in browser.page.one("main").all("a")]
    assert path in links
    assert [attempt.score for attempt in attempts(database)] == [0]


def test_hints_come_one_by_one_and_keep_what_was_typed(
    browser: Browser, database: Database
) -> None:
    ask(browser, "add-two", seed=3)
    browser.send("/hints", {"number": "12"})
    assert "Begin with" in browser.text
    assert "Count on by" not in browser.text
    assert browser.page.one("input", name="number").attributes["value"] == "12"
    browser.send("/hints")
    assert "Count on by" in browser.text
    browser.answer(number="1")
    assert attempts(database)[0].hints_shown == 2


def test_a_hint_asked_for_twice_by_one_page_opens_once(
    browser: Browser, database: Database
) -> None:
    ask(browser, "add-two")
    before = browser.page
    browser.send("/hints")
    browser.page = before
    browser.send("/hints")
    with database.read_now() as session:
        assert session.scalar(select(QuizItem.hints_shown)) == 1


def test_confidence_is_kept_and_the_results_show_when_it_was_right(
    browser: Browser, database: Database
) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="scale", confidence="certain")
    browser.go_on()
    assert attempts(database)[0].confidence == "certain"
    assert "Certain, and right 0 of 1" in browser.text


def test_a_prediction_unlocks_the_demo_and_is_drawn_over_the_result(browser: Browser) -> None:
    ask(browser, "steepest")
    browser.answer(number="0.25")
    demo = browser.page.one("section", id="demo")
    assert not demo.all("figure")
    browser.send("/predictions", {"prediction": "0.5"})
    demo = browser.page.one("section", id="demo")
    assert demo.all("figure")
    assert "Your guess is" in demo.text
    assert "0.25" in demo.text


def test_a_prediction_beside_the_answer_is_kept(browser: Browser, database: Database) -> None:
    ask(browser, "steepest")
    browser.answer(number="0.25", prediction="1")
    assert browser.page.one("section", id="demo").all("figure")
    with database.read_now() as session:
        assert session.scalar(select(QuizItem.prediction)) == 1


def test_a_prediction_that_cannot_be_read_is_said_at_its_box(
    browser: Browser, database: Database
) -> None:
    ask(browser, "steepest")
    browser.answer(number="0.25", prediction="much")
    assert browser.status == 422
    assert browser.page.one("input", name="prediction").attributes["aria-invalid"] == "true"
    assert browser.page.one("input", name="number").attributes["value"] == "0.25"
    assert attempts(database) == []


def test_a_demo_that_belongs_to_the_question_is_there_before_the_answer(browser: Browser) -> None:
    ask(browser, "true-of-relu")
    assert browser.page.one("section", id="demo").all("figure")


def test_a_whole_quiz_with_its_results_and_a_retry_of_the_missed(
    browser: Browser, database: Database
) -> None:
    browser.start(length="20", topics=["sums", "slopes"])
    seen = []
    while not browser.page.all("section", **{"aria-labelledby": "answers-title"}):
        seen.append(browser.heading)
        browser.send("/answers", button="show")
        browser.go_on()
    assert len(set(seen)) == 8
    assert "0 of 8 points" in browser.text
    browser.send("/retries")
    assert browser.path.endswith("/items/1")
    with database.read_now() as session:
        modes = session.scalars(select(Quiz.mode).order_by(Quiz.created_at, Quiz.mode)).all()
        plan = session.scalar(select(Quiz.plan).where(Quiz.mode == "retry")) or []
    assert sorted(modes) == ["quiz", "retry"]
    assert len(plan) == 8


def test_skipping_is_no_attempt_and_stands_in_the_results(
    browser: Browser, database: Database
) -> None:
    ask(browser, "bias-role")
    browser.go_on()
    assert "Skipped" in browser.text
    assert attempts(database) == []


def test_going_on_twice_makes_one_next_item(browser: Browser, database: Database) -> None:
    browser.start(length="6")
    before = browser.page
    browser.go_on()
    browser.page = before
    browser.go_on()
    assert browser.path.endswith("/items/2")
    with database.read_now() as session:
        assert session.scalar(select(func.count(QuizItem.n))) == 2


def test_a_quiz_ends_early_and_keeps_what_was_answered(browser: Browser) -> None:
    browser.start(length="6")
    browser.send("/answers", button="show")
    browser.go_on()
    browser.send("/completion")
    assert browser.heading == "Results"
    assert "0 of 1 points" in browser.text


def test_a_quiz_that_was_broken_off_is_found_on_the_first_page(browser: Browser) -> None:
    browser.start(length="6")
    browser.go_on()
    path = browser.path
    browser.open("/")
    links = [link.attributes["href"] for link in browser.page.all("a")]
    assert path in links


def test_fewer_questions_than_asked_for_are_said_and_served(browser: Browser) -> None:
    browser.start(length="20", topics="slopes")
    assert "You asked for 20 questions" in browser.text
    assert "question 1 of 2" in browser.text.lower()


def test_a_filter_without_questions_is_said_and_makes_nothing(
    browser: Browser, database: Database
) -> None:
    browser.start(length="5", topics="slopes", level="junior")
    assert browser.status == 422
    assert "No question fits" in browser.text
    assert "checked" in browser.page.one("input", value="slopes").attributes
    assert "checked" in browser.page.one("input", value="junior").attributes
    with database.read_now() as session:
        assert session.scalar(select(func.count(Quiz.id))) == 0


@pytest.mark.parametrize(
    ("field", "value"), [("topics", "unknown"), ("length", "0"), ("length", "x"), ("level", "boss")]
)
def test_a_forged_form_is_refused_with_a_message(
    browser: Browser, database: Database, field: str, value: str
) -> None:
    browser.start(**{field: value})
    assert browser.status == 422
    with database.read_now() as session:
        assert session.scalar(select(func.count(Quiz.id))) == 0
        assert session.scalar(select(func.count(User.id))) == 0


@pytest.mark.parametrize("n", ["2", "0", "-1", "9" * 20, "-" + "9" * 20, "x"])
def test_an_item_that_the_quiz_does_not_have_is_not_here(browser: Browser, n: str) -> None:
    ask(browser, "bias-role")
    browser.open(browser.path.removesuffix("1") + n)
    assert browser.status == 404


def test_another_learners_quiz_is_not_here(
    browser: Browser, new_client: Callable[[], TestClient], database: Database
) -> None:
    ask(browser, "bias-role")
    item = browser.path
    quiz = item.removesuffix("/items/1")
    stranger = Browser(new_client())
    other = Browser(new_client())
    ask(other, "add-two")
    for visitor in (stranger, other):
        for path in (item, quiz):
            visitor.open(path)
            assert visitor.status == 404
        forms = {
            f"{item}/answers": {"choice": "shift", "token": "forged-token"},
            f"{item}/hints": {"shown": "0"},
            f"{item}/predictions": {"prediction": "1"},
            f"{quiz}/items": {"after": "1"},
            f"{quiz}/completion": {"x": "1"},
            f"{quiz}/retries": {"x": "1"},
        }
        for path, data in forms.items():
            visitor.post(path, data)
            assert visitor.status == 404, path
    assert attempts(database) == []


def test_an_answer_takes_no_longer_than_the_server_has_seen_pass(
    browser: Browser, database: Database, clock: Clock
) -> None:
    ask(browser, "bias-role")
    clock.pass_time(seconds=20)
    browser.answer(choice="shift", duration_ms="999999", time_zone="Europe/Paris")
    (attempt,) = attempts(database)
    assert attempt.duration_ms == 20_000
    assert attempt.time_zone == "Europe/Paris"
    assert attempt.created_at == clock.now


@pytest.mark.parametrize("measured", ["-5", "99999999999999", "soon", "1.5", ""])
def test_a_duration_that_makes_no_sense_costs_no_answer(
    browser: Browser, database: Database, clock: Clock, measured: str
) -> None:
    ask(browser, "bias-role")
    clock.pass_time(seconds=3)
    browser.answer(choice="shift", duration_ms=measured)
    assert browser.heading == "Right"
    assert attempts(database)[0].duration_ms == 3000


def test_a_confidence_that_is_no_word_of_ours_keeps_what_was_typed(
    browser: Browser, database: Database
) -> None:
    ask(browser, "halve")
    browser.answer(number="2.5", confidence="very")
    assert browser.status == 422
    assert browser.page.one("input", name="number").attributes["value"] == "2.5"
    assert attempts(database) == []


def test_a_form_of_another_item_is_refused_and_says_so(
    browser: Browser, database: Database
) -> None:
    ask(browser, "bias-role")
    token = browser.page.one("input", name="token").attributes["value"]
    browser.answer(choice="shift")
    ask(browser, "bias-role")
    browser.post(f"{browser.path}/answers", {"token": token, "choice": "shift"})
    assert browser.status == 422
    assert "another question" in browser.text
    assert len(attempts(database)) == 1


def test_feedback_shows_what_the_answer_was_graded_by_then(
    browser: Browser, database: Database
) -> None:
    ask(browser, "add-two", seed=3)
    browser.answer(number="7")
    with database.write_now() as session:
        stored = session.scalars(select(Attempt)).one()
        stored.score, stored.graded_by = 1.0, {"key": 7, "accepted": {"low": 7, "high": 7}}
    browser.open(browser.path)
    assert browser.heading == "Right"
    assert "The answer is 7, exactly" in browser.text


def test_a_certain_error_is_named_as_one(browser: Browser) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="scale", confidence="certain")
    assert "You were certain" in browser.text


def test_a_quiz_that_is_over_takes_no_more_answers(browser: Browser, database: Database) -> None:
    browser.start(length="6")
    open_item = browser.page
    browser.send("/completion")
    browser.page = open_item
    browser.send("/answers", button="show")
    assert browser.status == 409
    assert attempts(database) == []


def test_a_skipped_question_can_be_answered_by_itself(browser: Browser) -> None:
    ask(browser, "bias-role")
    item = browser.path
    browser.go_on()
    browser.open(item)
    assert browser.path == "/questions/bias-role"


def test_a_retry_asked_for_twice_starts_once(browser: Browser, database: Database) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="scale")
    browser.go_on()
    results = browser.page
    browser.send("/retries")
    browser.page = results
    browser.send("/retries")
    with database.read_now() as session:
        assert session.scalar(select(func.count(Quiz.id)).where(Quiz.mode == "retry")) == 1


def test_an_invented_time_zone_is_kept_as_utc(browser: Browser, database: Database) -> None:
    ask(browser, "bias-role")
    browser.answer(choice="shift", time_zone="../../etc/passwd")
    assert attempts(database)[0].time_zone == "UTC"


def test_a_question_has_a_page_of_its_own_with_a_line_to_quote(browser: Browser) -> None:
    browser.open("/questions/add-two?seed=7")
    assert "add-two · revision 1 · seed 7" in browser.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/questions/add-two?seed=20", 422),
        ("/questions/add-two?seed=-1", 422),
        ("/questions/add-two?seed=x", 422),
        ("/questions/unknown", 404),
    ],
)
def test_a_question_or_seed_that_is_not_served_is_refused(
    browser: Browser, path: str, status: int
) -> None:
    browser.open(path)
    assert browser.status == status
    assert browser.page.one("main").all("a")
    assert "Choose" in browser.text or "Check the address" in browser.text or "seed" in browser.text


def test_a_demo_that_has_changed_since_hides_no_question_and_no_answer(
    browser: Browser, database: Database
) -> None:
    ask(browser, "steepest")
    browser.answer(number="0.25", prediction="1")
    path = browser.path
    with database.write_now() as session:
        revision = session.scalars(
            select(QuestionRevision).where(QuestionRevision.question_id == "steepest")
        ).one()
        row = {c.key: getattr(revision, c.key) for c in QuestionRevision.__table__.columns}
        # As a later program would find it: the demo has no such setting any more.
        source = row["source"].replace("set: {activation: sigmoid}", "set: {gone: 1}")
        session.add(QuestionRevision(**{**row, "id": new_id(), "number": 2, "source": source}))
        session.flush()
        newer = session.scalars(select(QuestionRevision).where(QuestionRevision.number == 2)).one()
        session.scalars(select(QuizItem)).one().revision_id = newer.id
    browser.open(path)
    assert browser.status == 200
    assert browser.heading == "Right"
    assert "gone" in browser.page.one("section", id="demo").text
