// Tells the server in which time zone to write times: a cookie for pages, a field for forms.

const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `sekisho_zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const field of document.querySelectorAll("input[type=hidden][name=zone]")) {
    field.value = zone;
  }
}
