// A phone forgets pages in the background; with this one it can show the waiting page again while nobody answers.
// The page is always asked for first, so that it is never older than it must be.
const PAGE = "/wait/";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open("wait").then((kept) => kept.add(PAGE)));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate" && (path === PAGE || path === `${PAGE}index.html`)) {
    event.respondWith(freshOrKept(event.request));
  }
});

async function freshOrKept(request) {
  const kept = await caches.open("wait");
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(4000) });
    if (answer.ok && !answer.redirected) await kept.put(PAGE, answer.clone());
    return answer.status < 500 ? answer : (await kept.match(PAGE)) || answer;
  } catch (error) {
    const page = await kept.match(PAGE);
    if (page) return page;
    throw error;
  }
}
