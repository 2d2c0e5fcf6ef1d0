// Wakes the phone: shows that somebody asks. What and who, the page shows once it is opened.

addEventListener("push", (event) => {
  const { title, text, ask } = event.data.json();
  const note = { body: text, tag: ask, icon: "/static/app-192.png", requireInteraction: true };
  event.waitUntil(Promise.all([registration.showNotification(title, note), wake()]));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function pages() {
  const found = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return found.filter((one) => new URL(one.url).pathname === "/app");
}

async function wake() {
  for (const one of await pages()) one.postMessage("look");
}

async function open() {
  const [page] = await pages();
  return page ? page.focus() : clients.openWindow("/app");
}
