// Tells who cannot see it where a row went, and keeps the focus on the button that moved it.
const said = /** @type {HTMLElement | null} */ (document.querySelector('[data-bt-order-said]'));
const MOVES = '[data-inline-panel-child-move-up], [data-inline-panel-child-move-down]';

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? /** @type {HTMLButtonElement | null} */ (event.target.closest(MOVES)) : null;
  const row = button?.closest('[data-inline-panel-child]');
  if (!said || !button || !row) return;
  // After the panel's own listener has moved the row.
  requestAnimationFrame(() => setTimeout(() => {
    const rows = [...(row.parentElement?.querySelectorAll(':scope > [data-inline-panel-child]:not(.deleted)') ?? [])];
    const what = /** @type {HTMLInputElement | null} */ (row.querySelector('.bt-choose__text'))?.value || said.dataset.row || '';
    said.textContent = (said.dataset.moved ?? '').replace('{what}', what).replace('{place}', String(rows.indexOf(row) + 1)).replace('{count}', String(rows.length));
    const other = /** @type {HTMLButtonElement | null} */ ([...row.querySelectorAll(MOVES)].find((one) => one !== button) ?? null);
    (button.disabled ? other : button)?.focus();
  }, 50));
});
