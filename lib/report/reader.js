// Runs in the reader's browser. The page reads without it; it searches, filters, and opens everything for print.
(() => {
  const form = document.querySelector('form');
  const resources = [...document.querySelectorAll('.resource')];
  const rooms = [...document.querySelectorAll('.room')];
  const field = (id) => document.getElementById(id);

  function matches(resource) {
    const words = field('text').value.toLowerCase().split(/\s+/).filter(Boolean);
    const { text, confidence, verdict, has } = resource.dataset;
    return (
      words.every((word) => text.includes(word)) &&
      ['', confidence].includes(field('confidence').value) &&
      ['', verdict].includes(field('verdict').value) &&
      ['', ...has.split('|')].includes(field('only').value)
    );
  }

  function apply() {
    for (const resource of resources) resource.hidden = !matches(resource);
    for (const room of rooms) room.hidden = !room.querySelector('.resource:not([hidden])');
    const shown = resources.filter(({ hidden }) => !hidden).length;
    field('shown').textContent = `${shown} of ${resources.length} shown`;
  }

  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches('details')) target.open = true;
  }

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', apply);
  // The fields are still full when the event comes.
  form.addEventListener('reset', () => setTimeout(apply));
  addEventListener('hashchange', openTarget);
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = resources.filter(({ open }) => !open);
    for (const resource of closed) resource.open = true;
  });
  addEventListener('afterprint', () => {
    for (const resource of closed) resource.open = false;
  });
  apply();
  openTarget();
})();
