// Shows an empty page instead of the browser's error page when there is no network. It keeps that page and its style
// and script, which say nothing of anybody; it never keeps a page of questions, an answer or a link.
"use strict";
const NAME = "answering-{{ name }}", SHELL = "{{ kept.0 }}", KEPT = [{% for one in kept %}"{{ one }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 8000;
addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("answering-") && name !== NAME) await caches.delete(name);
    await clients.claim();
  })());
});
const shell = async () => (await caches.match(SHELL)) ?? Response.error();
const page = async (request) => {
  const safe = request.method === "GET";
  // A network that is there in name only: what was asked for goes on, but nobody looks at a white page for a minute.
  const late = new Promise((done) => setTimeout(done, PATIENCE)).then(shell);
  const real = fetch(request).then((answer) => ([502, 503, 504].includes(answer.status) ? shell() : answer), shell);
  return safe ? Promise.race([real, late]) : real;
};
addEventListener("fetch", (event) => {
  const { request } = event, { pathname } = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (KEPT.includes(pathname)) event.respondWith(fetch(request).catch(async () => (await caches.match(pathname)) ?? Response.error()));
});
