"""Security headers of pages and of everything else (EXPERIENCE.md section 5, attacks 098, 099)."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none'; form-action 'self';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it a browser sends `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PAGE = {
    **_ALWAYS,
    "Content-Security-Policy": CSP,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}
# One policy, of one name, that makes one address: push_app.js.
_WORKER = CSP.replace("trusted-types 'none'", "trusted-types sekisho-worker")
_DATA = {**_ALWAYS, "Cache-Control": "no-store"}
_KEPT = {**_ALWAYS, "Cache-Control": "public, max-age=300"}
_HSTS = {"Strict-Transport-Security": "max-age=63072000"}


def for_page(*, is_secure: bool, has_worker: bool = False) -> dict[str, str]:
    """Return the headers of a page, or of the one page that starts a service worker."""
    page = {**_PAGE, "Content-Security-Policy": _WORKER} if has_worker else _PAGE
    return {**page, **_HSTS} if is_secure else page


def for_data(*, is_secure: bool) -> dict[str, str]:
    """Return the headers of a JSON answer."""
    return {**_DATA, **_HSTS} if is_secure else _DATA


def for_kept(*, is_secure: bool) -> dict[str, str]:
    """Return the headers of what browsers may keep: styles, modules, icons."""
    return {**_KEPT, **_HSTS} if is_secure else _KEPT
