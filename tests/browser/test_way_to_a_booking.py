"""A person's way on a phone, in Korean, from the pre-queue to a booking, while the origin dies and comes back.

The service is real (database, Valkey, HTTP), only the line is moved by hand. This proves what one browser does; that
places are kept when stores die is proved in tests/service.
"""

import pytest
from playwright.sync_api import expect

from app.line import draw
from tests.browser.front import MOVING, TITLE, Crowd, Front, digits, identify, kept
from tests.service.serving import opening_now, serving

PEOPLE = 12_000


@pytest.fixture
def front(database, valkey_url):
    evening = opening_now("night-1", doors_in_s=1800, title=TITLE)
    with serving(database, valkey_url, shape="demo", openings=(evening,)) as service:
        # others have come before, as many as there are in earnest
        service.run(service.parts.line.begin("night-1", PEOPLE, None, 0, 0))
        service.publish(providers=MOVING["providers"], joined=PEOPLE)
        front = Front(service)
        front.start()
        yield front
        front.stop()


def join(page, front, picture):
    page.goto(front.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("순서를 받으세요")
    expect(page.locator("main")).to_match_aria_snapshot("""
    - main:
      - heading "순서를 받으세요" [level=1]
      - region "순서를 받으세요":
        - paragraph: 문이 열릴 때까지
      - button "순서 받기"
      - heading "다음은" [level=2]
      - list:
        - listitem: 1 순서 받기
        - listitem: 2 문이 열리면 추첨
        - listitem: 3 차례 기다리기
        - listitem: 4 입장해서 예약
      - heading "본인 확인 수단" [level=2]
    """)
    picture(page, "join")
    page.get_by_role("button", name="순서 받기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("문이 열리기를 기다립니다")


def test_from_the_pre_queue_to_a_booking_on_a_phone_while_the_origin_dies_in_between(front, device, picture):
    service, crowd = front.service, Crowd(front.service)
    page = device().new_page()
    join(page, front, picture)
    crowd.join(9)

    service.open_doors(serving=0, **MOVING)
    expect(page.get_by_role("heading", level=1)).to_have_text("순서를 기다립니다")
    line = kept(page, "line")
    people = PEOPLE + 10
    seed = draw.seed("night-1", people, draw.secret(service.parts.keys, "night-1"))
    place = draw.place(seed, line["number"], people)
    assert line["number"] == PEOPLE
    assert line["place"] == place, "the page computes the place that the service knows"
    assert line["checked"] is True
    shown = f"{place + 1:,}번"
    expect(page.locator("#big")).to_have_text(shown)
    expect(page.locator("#ahead")).to_have_text(f"{place:,}명")
    service.call(place // 3, **MOVING)
    expect(page.locator("#ahead")).to_have_text(f"{place - place // 3:,}명")
    wait = page.locator("#wait").inner_text()

    front.stop()
    expect(page.locator("#lost")).to_contain_text("연결이 끊겼습니다. 자리는 그대로입니다")
    expect(page.locator("#big")).to_have_text(shown)
    expect(page.locator("#wait")).to_have_text(wait)
    page.reload()
    expect(page.locator("#lost")).to_contain_text("자리는 그대로입니다")
    expect(page.locator("#big")).to_have_text(shown)
    picture(page, "connection-lost")

    front.start()
    expect(page.locator("#lost")).to_be_hidden()
    assert kept(page, "line")["place"] == place, "the place is kept"
    picture(page, "waiting", whole=True)

    service.call(place + 1, **MOVING)
    expect(page.get_by_role("heading", level=1)).to_have_text("지금 들어가세요")
    picture(page, "your-turn")
    page.get_by_role("button", name="지금 입장하기").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("먼저 본인을 확인합니다")
    expect(page.get_by_role("radio", name="은행 인증 원활")).to_be_checked()
    identify(page)
    book(page, front, picture)


def book(page, front, picture):
    expect(page.get_by_role("heading", level=1)).to_have_text("장소와 시간을 고르세요")
    page.get_by_label("지역").select_option("제주특별자치도")
    first = page.locator(".slots button").first
    expect(first).to_be_visible()
    picture(page, "slots")
    first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("자리를 잡았습니다. 확정해 주세요")
    expect(page.get_by_label("연락받을 전화번호")).to_have_value("010-2345-6789")
    # the answer is lost on its way: the booking must be found, not made twice
    keys = []
    page.route("**/api/bookings", lose_the_first_answer(keys))
    page.get_by_role("button", name="예약 확정하기").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("예약되었습니다")
    assert len(keys) == 2
    assert keys[0] == keys[1], "the repetition is known by its key"
    picture(page, "booked")
    reference = page.locator("#doneRef").inner_text()
    page.reload()
    expect(page.locator("#mineList h3")).to_have_text(f"예약 번호 {reference}")
    pool = front.service.parts.pool
    count = front.service.run(pool.fetchval("SELECT count(*) FROM units WHERE state = 'booked'"))
    assert count == 1

    with page.expect_download() as download:
        page.get_by_role("button", name="달력에 넣기").first.click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith(("BEGIN:VCALENDAR\n", "BEGIN:VCALENDAR\r\n"))
    assert f"UID:{reference}@night-1.floodgate" in text

    page.get_by_role("button", name="취소하기").click()
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    expect(page.locator("#mineList h3")).to_contain_text("취소됨")


def lose_the_first_answer(keys):
    """The service does what it is asked, and the browser never hears of it; `keys` notes how it was asked."""

    def handle(route):
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort("connectionreset")

    return handle


def test_two_tabs_and_a_second_device_with_the_same_word_keep_one_place(front, device):
    phone, tablet = device(), device()
    first, second = phone.new_page(), phone.new_page()
    first.goto(f"{front.url}/wait/")
    second.goto(f"{front.url}/wait/")
    first.locator("#more summary").click()
    first.locator("#keep").fill("우리집 강아지")
    first.get_by_role("button", name="순서 받기").click()

    expect(second.get_by_role("heading", level=1)).to_have_text("문이 열리기를 기다립니다")
    expect(second.locator("#sub")).to_contain_text("접수 번호 012000")

    other = tablet.new_page()
    other.goto(f"{front.url}/wait/")
    other.locator("#more summary").click()
    other.locator("#keep").fill("우리집 강아지")
    other.get_by_role("button", name="순서 받기").click()
    expect(other.locator("#sub")).to_contain_text("접수 번호 012000")
    expect(other.locator("#close")).to_contain_text("받아 둔 순서를 찾았습니다")

    stranger = device().new_page()
    stranger.goto(f"{front.url}/wait/")
    stranger.get_by_role("button", name="순서 받기").click()
    expect(stranger.locator("#sub")).to_contain_text("접수 번호 012001")

    front.service.open_doors(serving=PEOPLE + 2, **MOVING)
    for page in (first, other):
        page.get_by_role("button", name="지금 입장하기").click()
        page.wait_for_url("**/book/")
    assert kept(first, "visit")["place"] == kept(other, "visit")["place"]
    # the tab behind them has noticed, and goes on instead of entering again
    expect(second.get_by_role("button", name="예약 계속하기")).to_be_visible()


def test_who_misses_the_turn_is_told_why_and_stands_at_the_end_with_one_tap(front, device):
    page = device().new_page()
    page.goto(f"{front.url}/wait/")
    page.get_by_role("button", name="순서 받기").click()
    expect(page.locator("#sub")).to_contain_text("접수 번호 012000")
    front.service.open_doors(serving=PEOPLE + 1, lapsed=PEOPLE + 1, **MOVING)

    expect(page.get_by_role("heading", level=1)).to_have_text("순서가 지나갔습니다")
    expect(page.locator("#next")).to_contain_text("제시간에 들어오지 않으면")
    page.get_by_role("button", name="새 순서 받기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("순서를 기다립니다")
    assert digits(page.locator("#big").inner_text()) == PEOPLE + 2
