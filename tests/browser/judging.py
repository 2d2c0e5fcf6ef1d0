"""How a page that is open is judged, in whatever browser: by axe, and by its width."""

from axe_playwright_python.sync_playwright import Axe

NARROW = {"width": 320, "height": 640}
AXE = Axe().axe_script
# No sheets are fetched for rules that look into them: none of those is on.
FOUND = """rules => axe.run({resultTypes: ["violations"], preload: false, ...rules})
  .then(found => found.violations.flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.html}: ${node.failureSummary}`)))"""
WIDER = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility())
  .map(one => one.outerHTML.slice(0, 80))"""


def is_clean(one):
    """Axe finds nothing on a person's page, and at 320 px nothing is cut off."""
    one.page.evaluate(AXE)
    assert [] == one.page.evaluate(FOUND, {})
    assert [] == one.page.evaluate(WIDER)
