// Runs in the page: `browser.ts` sends it there as text, because the page itself may run no script.

const nameOf = (element) =>
  `${element.localName}${element.id && `#${element.id}`} ${JSON.stringify(element.textContent.trim().slice(0, 40))}`;

const openAll = () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
};

/** What makes the page scroll to the side; what scrolls in a region of its own may be wide. */
function sticksOut() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll('*')].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1 && !element.closest('.scroll'),
  );
  return [`the page is ${scrollWidth} wide in ${clientWidth}`, ...wide.slice(0, 5).map(nameOf)];
}

const overlap = (a, b) =>
  a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;

/** Words of a drawing that lie on others or on a cross, or leave their box. */
function clashes() {
  return [...document.querySelectorAll('svg.network')]
    .filter((svg) => svg.checkVisibility())
    .flatMap((svg) => {
      const texts = [...svg.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()]);
      const crosses = [...svg.querySelectorAll('.cross')].map((cross) => [
        cross,
        cross.getBoundingClientRect(),
      ]);
      const all = [...texts, ...crosses];
      const covered = texts.flatMap(([text, area], index) =>
        all
          .slice(index + 1)
          .filter(([, other]) => overlap(area, other))
          .map(([other]) => `${nameOf(text)} and ${nameOf(other)} overlap`),
      );
      const beyond = texts.flatMap(([text, area]) => {
        const box = text.parentElement.querySelector('rect') ?? svg;
        return area.right > box.getBoundingClientRect().right + 1 ? [`${nameOf(text)} leaves its box`] : [];
      });
      return [...covered, ...beyond];
    });
}

/** Everything that a keyboard must reach. */
const interactive = () =>
  [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter((element) =>
    element.checkVisibility(),
  );

/** The element with the focus by its place among those, -1 if none of them has it; and whether that can be seen. */
function focused() {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return {
    index: interactive().indexOf(element),
    name: nameOf(element),
    isVisible:
      outlineStyle !== 'none' &&
      Number.parseFloat(outlineWidth) >= 2 &&
      right > 0 &&
      left < innerWidth &&
      bottom > 0 &&
      top < innerHeight,
  };
}

globalThis.inPage = { openAll, sticksOut, clashes, focused, interactive: () => interactive().map(nameOf) };
