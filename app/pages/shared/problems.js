// What each problem means for the person, and what happens next; by the code of `docs/reference/problems.md`.
import { language } from "./page.js";

export const PROBLEMS = {
	"bad-input": ["입력한 내용을 다시 확인해 주세요.", "Please check what you entered."],
	"bad-ticket": ["이 기기의 순서를 찾지 못했습니다. 대기실에서 순서를 받아 주세요.", "This device has no valid place. Take one in the waiting room."],
	"no-idempotency-key": ["화면이 오래되었습니다. 새로고침한 뒤 다시 해 주세요.", "This page is out of date. Reload it and try again."],
	"not-signed-in": ["로그인이 필요합니다. 다시 로그인해 주세요.", "You are signed out. Please sign in again."],
	"wrong-password": ["이름이나 비밀번호가 맞지 않습니다. 다시 입력해 주세요.", "Name or password is wrong. Please enter them again."],
	"not-allowed": ["이 예약에는 할 수 없는 일입니다. 대기실부터 다시 시작해 주세요.", "This is not allowed here. Start again from the waiting room."],
	"no-pass": ["들어와 있을 수 있는 시간이 끝났습니다. 대기실에서 순서를 다시 받아 주세요.", "Your time inside is over. Take a new place in the waiting room."],
	"not-proven": ["먼저 본인 확인을 해 주세요. 고른 내용은 그대로입니다.", "Show who you are first. What you chose is kept."],
	"bad-receipt": ["이 예약의 확인증이 맞지 않습니다. 예약한 기기에서 다시 열어 주세요.", "The receipt is not for this booking. Open it on the device you booked with."],
	"cross-site": ["다른 사이트에서 온 요청이라 막았습니다. 이 화면을 주소창에서 직접 열어 주세요.", "This came from another site and was stopped. Open this page directly."],
	"not-open": ["지금은 접수 시간이 아닙니다. 대기실에서 시간을 확인해 주세요.", "The line is not open now. The waiting room shows the times."],
	"birth-digit": ["오늘은 해당하지 않는 생년월일입니다. 본인 차례인 날에 와 주세요.", "Today is not the day for this date of birth. Please come on yours."],
	"challenge-failed": ["자동 접속 확인에 실패했습니다. 대기실에서 다시 눌러 주세요.", "The check against robots failed. Press again in the waiting room."],
	"identity-refused": ["본인 확인에 실패했습니다. 이름, 생년월일, 전화번호를 확인하거나 다른 방법을 골라 주세요.", "You could not be confirmed. Check name, date of birth and phone, or choose another way."],
	unknown: ["찾을 수 없습니다. 이미 끝났거나 없어졌습니다. 화면을 새로 불러왔습니다.", "It is not there any more. This page shows what there is now."],
	"wrong-method": ["화면이 오래되었습니다. 새로고침해 주세요.", "This page is out of date. Please reload it."],
	"not-your-turn": ["아직 차례가 아닙니다. 대기실에서 기다려 주세요.", "It is not your turn yet. Please wait in the waiting room."],
	"slot-gone": ["방금 다른 분이 그 자리를 잡았습니다. 지금 남은 자리를 아래에 다시 보여 드립니다.", "Somebody else has just taken it. What is free now is shown below."],
	"nothing-free": ["고르신 조건에는 남은 자리가 없습니다. 다른 날짜나 지역을 고르거나 빈자리를 기다려 주세요.", "Nothing of that kind is free. Choose another day or region, or wait for a freed place."],
	"already-booked": ["이미 예약이 있습니다. 한 사람은 하나만 예약할 수 있습니다. 있는 예약을 옮기거나 취소할 수 있습니다.", "You have a booking already; one person has one. You can move or cancel it."],
	"holds-another": ["이미 잡아 둔 자리가 있습니다. 그 자리를 확정하거나, 몇 분 뒤 풀린 다음 다시 골라 주세요.", "You keep another place already. Confirm that one, or choose again once it is freed in some minutes."],
	"place-used": ["이 순서로는 다른 분이 이미 예약했습니다. 대기실에서 새 순서를 받아 주세요.", "Somebody else has booked with this place. Take a new one in the waiting room."],
	"nothing-to-change": ["지금 예약과 같은 자리입니다. 예약은 그대로입니다.", "That is where the booking is already. It stays as it is."],
	"key-reused": ["같은 요청이 다르게 다시 왔습니다. 한 번 더 눌러 주세요.", "The request was sent again in another form. Please press once more."],
	"turn-missed": ["부른 뒤 시간이 지나 순서가 넘어갔습니다. 대기실에서 새 순서를 받아 주세요.", "Your turn has passed. Take a new place in the waiting room."],
	"place-used-up": ["이미 쓰인 순서입니다. 다시 들어오려면 대기실에서 새 순서를 받아 주세요.", "This place has been used. Take a new one in the waiting room to come in again."],
	"hold-expired": ["확정할 시간이 지나 잡아 둔 자리가 풀렸습니다. 지금 남은 자리를 다시 골라 주세요.", "The time to confirm is over and the place was freed. Choose from what is free now."],
	cancelled: ["이미 취소된 예약입니다. 새로 예약해 주세요.", "This booking is cancelled. Please book anew."],
	gone: ["이미 끝났습니다. 화면을 새로 불러왔습니다.", "This is over. The page shows what there is now."],
	conflict: ["그사이 상태가 바뀌었습니다. 화면을 확인하고 다시 해 주세요.", "Things have changed meanwhile. Look again, then try once more."],
	"too-large": ["입력한 내용이 너무 깁니다. 줄여 주세요.", "What you entered is too long. Please shorten it."],
	"wrong-type": ["화면이 오래되었습니다. 새로고침해 주세요.", "This page is out of date. Please reload it."],
	"headers-too-large": ["이 사이트의 쿠키를 지운 뒤 다시 열어 주세요.", "Delete this site's cookies and open the page again."],
	"too-many-requests": ["요청이 몰렸습니다. 잠시 뒤 다시 눌러 주세요. 입력한 내용은 그대로입니다.", "Too many at once. Press again in a moment; what you entered is kept."],
	"identity-paused": ["한 사람은 10분에 한 번만 확인할 수 있습니다. {t} 뒤에 다시 눌러 주세요.", "One person can be checked once in ten minutes. Press again in {t}."],
	internal: ["저희 쪽에서 문제가 생겼습니다. 다시 눌러 주세요. 두 번 예약되지 않습니다.", "Something failed on our side. Press again; nothing is booked twice."],
	unavailable: ["지금은 응답이 없습니다. 다시 눌러 주세요. 두 번 눌러도 한 번만 됩니다.", "No answer at the moment. Press again; twice counts once."],
	overloaded: ["지금 요청이 많습니다. 몇 초 뒤 다시 눌러 주세요.", "Very busy right now. Press again in some seconds."],
	busy: ["지금 요청이 많습니다. 몇 초 뒤 다시 눌러 주세요.", "Very busy right now. Press again in some seconds."],
	"inside-full": ["안이 가득 찼습니다. 차례는 그대로이니 대기실에서 기다려 주세요.", "It is full inside. Your turn is kept; please wait in the waiting room."],
	"line-lost": ["줄을 복구하고 있습니다. 순서는 그대로이니 대기실에서 기다려 주세요.", "The line is being restored. Your place is kept; please wait in the waiting room."],
	"provider-down": ["고르신 확인 방법이 지금 응답하지 않습니다. 다른 방법을 골라 주세요. 입력한 내용은 그대로입니다.", "This way does not answer now. Choose another one; what you entered is kept."],
};

// `after` in seconds, as Retry-After told it
export function sentence(problem) {
	const text = (PROBLEMS[problem.code] ?? PROBLEMS[problem.status >= 500 || !problem.status ? "unavailable" : "bad-input"])[language() === "en" ? 1 : 0];
	const s = Math.max(1, Math.ceil(problem.after));
	const minutes = Math.ceil(s / 60);
	const wait = language() === "en" ? (s > 90 ? `${minutes} min` : `${s} s`) : s > 90 ? `${minutes}분` : `${s}초`;
	return text.replace("{t}", wait);
}
