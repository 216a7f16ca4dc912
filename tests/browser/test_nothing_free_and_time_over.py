"""What people see who find nothing free, or who take too long: what is over, what is kept, what they can do."""

import pytest
from playwright.sync_api import expect

from tests.browser.front import MOVING, TITLE, identify, kept
from tests.service.serving import opening_now, serving


@pytest.fixture
def inside(database, valkey_url, device):
    """Somebody who has just proved who they are, where every unit lasts five seconds when it is kept."""
    evening = opening_now("night-3", doors_in_s=1800, title=TITLE, hold_s=5)
    with serving(database, valkey_url, shape="benchmark(1)", openings=(evening,)) as service:
        page = device().new_page()
        page.goto(f"{service.url}/wait/")
        page.get_by_role("button", name="순서 받기").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("문이 열리기를 기다립니다")
        service.open_doors(serving=1, **MOVING)
        page.get_by_role("button", name="지금 입장하기").click()
        page.wait_for_url("**/book/")
        identify(page)
        expect(page.locator(".slots button").first).to_be_visible()
        yield service, page


def test_who_takes_too_long_is_told_so_and_chooses_again(inside):
    _, page = inside
    page.get_by_role("button", name="이 지역 아무 곳이나").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("자리를 잡았습니다. 확정해 주세요")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("자리를 잡았습니다. 확정해 주세요")
    expect(page.get_by_role("alert")).to_contain_text("확정할 시간이 지나")
    expect(page.get_by_role("heading", level=1)).to_have_text("장소와 시간을 고르세요")
    expect(page.locator(".slots button").first).to_be_visible()


def test_where_nothing_is_free_people_can_wait_for_it_and_stop_waiting(inside):
    service, page = inside
    service.run(service.parts.pool.execute("DELETE FROM units WHERE region = 'KR-49'"))
    page.get_by_label("지역").select_option("제주특별자치도")
    expect(page.locator("#list")).to_contain_text("남은 자리가 없습니다")
    expect(page.locator("#wishPhone")).to_have_value("010-2345-6789")
    page.get_by_label("날짜는 상관없어요").check()
    page.locator("#wishGo").click()
    expect(page.locator("#tell")).to_contain_text("빈자리를 기다립니다. 앞에 0명이 있습니다.")
    assert kept(page, "wishes")[0]["region"] == "KR-49"
    page.get_by_role("button", name="그만 기다리기").click()
    expect(page.locator("#tell")).to_contain_text("그만두었습니다")
    assert kept(page, "wishes") == []
