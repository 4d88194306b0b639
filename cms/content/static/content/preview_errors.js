// Writes each error beside its own field while the editor types, and takes it away once it is mended.

const MARK = 'bt-live-error';

/** The input that an error belongs to: by its name, or the first of a card's. */
function inputOf(form, name) {
  const own = form.elements.namedItem(name);
  if (own instanceof RadioNodeList) return own[0];
  return own || form.querySelector(`[name^="${CSS.escape(name)}-"]:not([type="hidden"])`) || form.querySelector(`[name^="${CSS.escape(name)}"]`);
}

function describe(input, id, on) {
  const said = new Set((input.getAttribute('aria-describedby') || '').split(/\s+/).filter(Boolean));
  if (on) said.add(id);
  else said.delete(id);
  if (said.size) input.setAttribute('aria-describedby', [...said].join(' '));
  else input.removeAttribute('aria-describedby');
  if (on) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/** Show these errors and no others. @param {HTMLFormElement} form @param {{name: string, text: string}[]} errors */
export function showErrors(form, errors) {
  const wanted = new Map(errors.map((one) => [`${one.name}\n${one.text}`, one]));
  form.querySelectorAll(`.${MARK}`).forEach((old) => {
    const key = `${old.dataset.name}\n${old.textContent.replace(/^▲ /, '')}`;
    if (wanted.delete(key)) return; // said already: a reader's voice need not say it again
    const input = inputOf(form, old.dataset.name);
    if (input) describe(input, old.id, false);
    old.remove();
  });
  let number = 0;
  wanted.forEach(({ name, text }) => {
    const input = inputOf(form, name);
    if (!input) return;
    const line = document.createElement('p');
    number += 1;
    line.id = `bt-live-error-${Date.now()}-${number}`;
    line.className = MARK;
    line.dataset.name = name;
    line.textContent = `▲ ${text}`;
    const field = input.closest('[data-field]') || input.closest('.w-field') || input.parentElement;
    field.append(line);
    describe(input, line.id, true);
  });
}
