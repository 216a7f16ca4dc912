"""Where the clinics of a made-up country are: Korea's 17 provinces (ISO 3166-2:KR) with some of their districts."""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """A name in Korean and in English."""

    ko: str
    en: str


PROVINCES: dict[str, tuple[Name, tuple[Name, ...]]] = {
    "KR-11": (
        Name("서울특별시", "Seoul"),
        (Name("종로구", "Jongno-gu"), Name("강남구", "Gangnam-gu"), Name("마포구", "Mapo-gu")),
    ),
    "KR-26": (Name("부산광역시", "Busan"), (Name("해운대구", "Haeundae-gu"), Name("부산진구", "Busanjin-gu"))),
    "KR-27": (Name("대구광역시", "Daegu"), (Name("중구", "Jung-gu"), Name("수성구", "Suseong-gu"))),
    "KR-28": (Name("인천광역시", "Incheon"), (Name("연수구", "Yeonsu-gu"), Name("부평구", "Bupyeong-gu"))),
    "KR-29": (Name("광주광역시", "Gwangju"), (Name("북구", "Buk-gu"), Name("서구", "Seo-gu"))),
    "KR-30": (Name("대전광역시", "Daejeon"), (Name("유성구", "Yuseong-gu"), Name("서구", "Seo-gu"))),
    "KR-31": (Name("울산광역시", "Ulsan"), (Name("남구", "Nam-gu"), Name("중구", "Jung-gu"))),
    "KR-50": (Name("세종특별자치시", "Sejong"), (Name("보람동", "Boram-dong"), Name("조치원읍", "Jochiwon-eup"))),
    "KR-41": (
        Name("경기도", "Gyeonggi-do"),
        (Name("수원시", "Suwon-si"), Name("성남시", "Seongnam-si"), Name("고양시", "Goyang-si")),
    ),
    "KR-42": (Name("강원특별자치도", "Gangwon-do"), (Name("춘천시", "Chuncheon-si"), Name("강릉시", "Gangneung-si"))),
    "KR-43": (Name("충청북도", "Chungcheongbuk-do"), (Name("청주시", "Cheongju-si"), Name("충주시", "Chungju-si"))),
    "KR-44": (Name("충청남도", "Chungcheongnam-do"), (Name("천안시", "Cheonan-si"), Name("아산시", "Asan-si"))),
    "KR-45": (Name("전북특별자치도", "Jeonbuk-do"), (Name("전주시", "Jeonju-si"), Name("군산시", "Gunsan-si"))),
    "KR-46": (Name("전라남도", "Jeollanam-do"), (Name("여수시", "Yeosu-si"), Name("순천시", "Suncheon-si"))),
    "KR-47": (Name("경상북도", "Gyeongsangbuk-do"), (Name("포항시", "Pohang-si"), Name("경주시", "Gyeongju-si"))),
    "KR-48": (Name("경상남도", "Gyeongsangnam-do"), (Name("창원시", "Changwon-si"), Name("진주시", "Jinju-si"))),
    "KR-49": (Name("제주특별자치도", "Jeju"), (Name("제주시", "Jeju-si"), Name("서귀포시", "Seogwipo-si"))),
}
STREETS: tuple[Name, ...] = (
    Name("중앙로", "Jungang-ro"),
    Name("시청로", "Sicheong-ro"),
    Name("대학로", "Daehak-ro"),
    Name("평화로", "Pyeonghwa-ro"),
    Name("해맞이길", "Haemaji-gil"),
)
# ordinary words in front of ordinary kinds of clinics: none is meant to be a real one
WORDS: tuple[Name, ...] = (
    Name("하늘", "Haneul"),
    Name("푸른숲", "Pureunsup"),
    Name("새봄", "Saebom"),
    Name("다온", "Daon"),
    Name("햇살", "Haetsal"),
    Name("온누리", "Onnuri"),
    Name("바른", "Bareun"),
    Name("늘품", "Neulpum"),
)
KINDS: tuple[Name, ...] = (
    Name("내과의원", "Internal Medicine Clinic"),
    Name("가정의학과의원", "Family Medicine Clinic"),
    Name("이비인후과의원", "ENT Clinic"),
    Name("소아청소년과의원", "Paediatric Clinic"),
    Name("병원", "Hospital"),
)
CENTRE = Name("예방접종센터", "Vaccination Centre")
