"""Contacts in ciphertext: what opens them and what does not. That the cipher is strong is the library's matter."""

import pytest

from app.errors import BadInput
from app.keys import Keys
from app.reservations.contacts import KEY_ID, Contacts
from app.reservations.values import Who
from app.web.messages import Contact

KIM = Who("kr-2027", 1, b"k" * 16)
CONTACT = Contact(phone="010-1234-5678", email="kim@example.org")
CONTACTS = Contacts(Keys("s" * 32))


def test_a_contact_opens_for_its_person():
    sealed = CONTACTS.encrypt(CONTACT, KIM)
    assert CONTACTS.decrypt(sealed, KIM.opening, KIM.person) == CONTACT
    assert sealed[0] == KEY_ID
    assert CONTACT.phone.encode() not in sealed


@pytest.mark.parametrize(("opening", "person"), [("kr-2028", KIM.person), (KIM.opening, b"l" * 16)])
def test_a_contact_does_not_open_for_anybody_else(opening, person):
    with pytest.raises(BadInput):
        CONTACTS.decrypt(CONTACTS.encrypt(CONTACT, KIM), opening, person)


@pytest.mark.parametrize("position", [0, 1, 12, 13, 30, -1])
def test_a_contact_that_was_changed_does_not_open(position):
    sealed = bytearray(CONTACTS.encrypt(CONTACT, KIM))
    sealed[position] ^= 1
    with pytest.raises(BadInput):
        CONTACTS.decrypt(bytes(sealed), KIM.opening, KIM.person)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x01" + b"n" * 27])
def test_what_is_no_contact_does_not_open(sealed):
    with pytest.raises(BadInput):
        CONTACTS.decrypt(sealed, KIM.opening, KIM.person)


def test_another_secret_does_not_open_it():
    with pytest.raises(BadInput):
        Contacts(Keys("t" * 32)).decrypt(CONTACTS.encrypt(CONTACT, KIM), KIM.opening, KIM.person)


def test_the_same_contact_of_the_same_person_is_the_same_request_and_any_other_is_not():
    sealed = CONTACTS.encrypt(CONTACT, KIM)
    assert CONTACTS.encrypt(CONTACT, KIM) == sealed
    others = [
        CONTACTS.encrypt(Contact(phone="010-1234-5679", email=CONTACT.email), KIM),
        CONTACTS.encrypt(CONTACT, Who("kr-2027", 1, b"l" * 16)),
        CONTACTS.encrypt(CONTACT, Who("kr-2028", 1, KIM.person)),
    ]
    nonces = {each[1:13] for each in (sealed, *others)}
    assert len(nonces) == 4, "no nonce seals two different things"
