// What the programme comes to, asked anew after every change of the form. Nothing is saved.
const WAIT_MS = 400;
const box = /** @type {HTMLElement | null} */ (document.querySelector('[data-bt-figures]'));
const form = box?.closest('form');

if (box && form) {
  const summary = /** @type {HTMLElement} */ (box.querySelector('[data-bt-figures-summary]'));
  const failed = /** @type {HTMLElement} */ (box.querySelector('[data-bt-figures-failed]'));
  let timer = 0;
  let asked = 0;
  let cluster = '';

  const reckon = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set('programme', box.dataset.programme ?? '');
    body.set('cluster', cluster);
    summary.setAttribute('aria-busy', 'true');
    let answer = null;
    try {
      const response = await fetch(box.dataset.url ?? '', { method: 'POST', body, headers: { Accept: 'application/json' } });
      answer = response.ok ? await response.json() : null;
    } catch {
      answer = null;
    }
    if (mine !== asked) return; // a later question is under way
    summary.setAttribute('aria-busy', 'false');
    failed.hidden = Boolean(answer);
    failed.textContent = answer ? '' : box.dataset.failed ?? '';
    if (answer) show(answer);
  };

  /** @param {{summary: string, rows: Record<string, string>}} answer */
  const show = (answer) => {
    const focused = document.activeElement?.matches('[data-bt-figures-cluster]');
    const wasOpen = summary.querySelector('details')?.open ?? false;
    summary.innerHTML = answer.summary;
    const details = summary.querySelector('details');
    if (details) details.open = wasOpen;
    if (focused) /** @type {HTMLElement | null} */ (summary.querySelector('[data-bt-figures-cluster]'))?.focus();
    for (const row of document.querySelectorAll('[data-inline-panel-child]')) {
      const number = row.id.match(/entries-(\d+)$/)?.[1];
      const place = row.querySelector('[data-bt-row]');
      if (number !== undefined && place) place.innerHTML = answer.rows[number] ?? '';
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(reckon, WAIT_MS);
  };

  form.addEventListener('change', (event) => {
    if (event.target instanceof HTMLSelectElement && event.target.matches('[data-bt-figures-cluster]')) {
      cluster = event.target.value;
      event.stopPropagation();
      return void reckon();
    }
    soon();
  });
  // Rows that are added, taken out or moved change the form without an event of their own.
  const rows = form.querySelector('[id$="entries-FORMS"]');
  if (rows) new MutationObserver((seen) => seen.some((one) => one.target === rows) && soon()).observe(rows, { childList: true });
  form.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[id$="-DELETE-button"], [data-inline-panel-child-move-up], [data-inline-panel-child-move-down]')) soon();
  });
  reckon();
}
