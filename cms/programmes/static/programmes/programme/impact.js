// Before a programme or a slot is saved: says what that changes on the screens, and asks. A form with nothing to say is saved at once.
const PATIENCE_MS = 15_000;
const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector('[data-bt-impact]'));
const form = dialog?.closest('form');

if (dialog && form) {
  const said = /** @type {HTMLElement} */ (dialog.querySelector('[data-bt-impact-said]'));
  const unknown = /** @type {HTMLElement} */ (dialog.querySelector('[data-bt-impact-unknown]'));
  const waiting = /** @type {HTMLElement | null} */ (document.querySelector('[data-bt-impact-waiting]'));
  document.body.append(dialog); // buttons within the form would save it
  /** @type {HTMLElement | null} */
  let pressed = null;
  let agreed = false;
  let asking = false;

  /** Presses the button once more, this time past the question. */
  const save = () => {
    agreed = true;
    dialog.close();
    pressed?.click();
  };

  const ask = async () => {
    asking = true;
    if (waiting) waiting.textContent = waiting.dataset.words ?? '';
    form.setAttribute('aria-busy', 'true');
    const body = new FormData(form);
    body.set(dialog.dataset.name ?? '', dialog.dataset.pk ?? '');
    let answer = null;
    try {
      const response = await fetch(dialog.dataset.url ?? '', { method: 'POST', body, signal: AbortSignal.timeout(PATIENCE_MS) });
      answer = response.ok ? await response.json() : null;
    } catch {
      answer = null;
    }
    asking = false;
    form.removeAttribute('aria-busy');
    if (waiting) waiting.textContent = '';
    if (answer && !answer.ask) return save();
    said.innerHTML = answer?.html ?? '';
    unknown.hidden = Boolean(answer);
    dialog.showModal();
  };

  // Before Wagtail's own listener marks the button as busy.
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? /** @type {HTMLButtonElement | null} */ (event.target.closest('button[type=submit], input[type=submit]')) : null;
    if (!button || button.form !== form || agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = button;
    if (!asking) void ask();
  }, true);
  dialog.querySelector('[data-bt-impact-go]')?.addEventListener('click', save);
  dialog.querySelector('[data-bt-impact-back]')?.addEventListener('click', () => {
    dialog.close();
    pressed?.focus();
  });
}
