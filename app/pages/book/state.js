// What this device knows: the visit, what it keeps for a moment, and its bookings with their receipts.
import { get, put } from "/shared/page.js";

const now = () => Date.now() / 1000;

export const visit = () => {
	const kept = get("visit");
	return kept && kept.until_s > now() ? kept : null;
};
export const setVisit = value => put("visit", value);
// another place is another visit
export const wasInside = () => get("visit") !== null;

export const held = () => {
	const kept = get("held");
	return kept && kept.until_s > now() && visit() ? kept : null;
};
export const setHeld = value => put("held", value);

export const bookings = () => get("bookings") ?? [];
export function keepBooking(booking) {
	const others = bookings().filter(one => one.reference !== booking.reference);
	const before = bookings().find(one => one.reference === booking.reference);
	put("bookings", [{ ...before, ...booking, receipt: booking.receipt ?? before?.receipt }, ...others].slice(0, 10));
}

export const wishes = () => get("wishes") ?? [];
export const keepWish = wish => put("wishes", [wish, ...wishes()].slice(0, 10));
export const dropWish = id => put("wishes", wishes().filter(one => one.wish_id !== id));

export const choice = () => get("choice") ?? {};
export const setChoice = value => put("choice", value);

// for this tab only: gone when it is closed
export function contact(value) {
	try {
		if (value) sessionStorage.setItem("fg:contact", value);
		return sessionStorage.getItem("fg:contact") ?? "";
	} catch { return value ?? ""; }
}
