"""The console and the draw's page in front of a real controller: what operators do is seen on waiting pages.

The doors open some seconds after the test begins, and the controller moves the line by itself.
"""

import pytest
from playwright.sync_api import expect

from app.line import draw
from tests.browser.conftest import DESKTOP
from tests.browser.front import TITLE, Crowd, kept
from tests.service.serving import OPERATOR, PASSWORD, opening_now, serving

CONSOLE = {**DESKTOP, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}


@pytest.fixture
def service(database, valkey_url):
    evening = opening_now("night-2", doors_in_s=6, title=TITLE)
    # so slow that the line lasts for the test
    slow = {"journeys_per_server_per_s": 1.0, "max_inside": 2}
    with serving(database, valkey_url, controller=True, openings=(evening,), admission=slow) as running:
        yield running


def sign_in(page, url):
    page.goto(f"{url}/operator/")
    page.get_by_label("운영자 이름").fill(OPERATOR)
    page.get_by_label("비밀번호").fill("wrong")
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("alert").filter(has_text="맞지 않습니다")).to_be_visible()
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.locator("#pause")).to_be_visible()


def agree(console):
    """Say yes, where the console asks whether it is meant."""
    yes = console.get_by_role("alertdialog").locator("#yes")
    if yes.is_visible():
        yes.click()


def test_a_pause_and_an_announcement_reach_waiting_pages_and_the_audit_trail(service, device, picture):
    waiting = device().new_page()
    waiting.goto(f"{service.url}/wait/")
    waiting.get_by_role("button", name="순서 받기").click()
    expect(waiting.locator("#sub")).to_contain_text("접수 번호")
    Crowd(service).join(60)
    console = device(**CONSOLE).new_page()
    sign_in(console, service.url)
    expect(console.locator("#phase")).to_have_text("입장 중")

    console.locator("#pause").click()
    expect(console.get_by_role("alertdialog")).to_be_visible()
    agree(console)
    expect(console.locator("#phase")).to_have_text("입장 멈춤")
    expect(waiting.locator("#held")).to_contain_text("잠시 입장을 멈췄습니다")

    console.get_by_label("한국어").fill("제주 접종센터는 내일 쉽니다.")
    console.get_by_label("영어").fill("The centre in Jeju is closed tomorrow.")
    console.get_by_role("button", name="안내하기").click()
    agree(console)
    expect(waiting.locator("#said")).to_contain_text("제주 접종센터는 내일 쉽니다.")
    waiting.get_by_role("button", name="English").click()
    expect(waiting.locator("#said")).to_contain_text("The centre in Jeju is closed tomorrow.")

    console.locator("#pause").click()
    agree(console)
    expect(waiting.locator("#held")).to_be_hidden()
    expect(console.locator("#audit tr")).not_to_have_count(0)
    trail = service.run(service.parts.pool.fetch("SELECT action FROM audit ORDER BY entry_id"))
    actions = [entry["action"] for entry in trail]
    assert [name for name in actions if name in {"pause", "announce", "resume"}] == ["pause", "announce", "resume"]
    expect(console.locator("#done")).to_be_hidden()
    picture(console, "console", whole=True)


def test_the_draw_is_recomputed_in_the_browser_and_a_forged_one_is_told(service, device, picture):
    phone = device()
    page = phone.new_page()
    page.goto(f"{service.url}/wait/")
    Crowd(service).join(25)
    page.get_by_role("button", name="순서 받기").click()
    expect(page.locator("#sub")).to_contain_text("접수 번호 000025")
    page.goto(f"{service.url}/draw/")
    expect(page.locator("#verdict")).to_have_text("약속한 그대로입니다")
    page.get_by_label("접수 번호").fill("7")
    page.get_by_role("button", name="계산하기").click()
    prequeue = service.parts.documents.document.draw.prequeue
    seed = draw.seed("night-2", prequeue, draw.secret(service.parts.keys, "night-2"))
    expect(page.locator("#result .big")).to_have_text(f"{draw.place(seed, 7, prequeue) + 1}번째")
    picture(page, "draw")

    page.goto(f"{service.url}/wait/")
    page.wait_for_function("JSON.parse(localStorage.getItem('fg:line')).place !== null")
    assert kept(page, "line")["place"] == draw.place(seed, 25, prequeue)

    page.route("**/queue/draw.json", forged)
    page.goto(f"{service.url}/draw/")
    expect(page.locator("#verdict")).to_have_text("약속과 다릅니다!")


def forged(route):
    answer = route.fetch()
    route.fulfill(json={**answer.json(), "secret": "00" * 32})
