// The field that searches for an item (ARIA combobox with a list). Works for rows that are added later too: it listens on the page.
const WAIT_MS = 200;
let asked = 0;
let timer = 0;

/** @param {Event} event @returns {HTMLElement | null} the chooser in which something happened */
const chooserOf = (event) => event.target instanceof Element ? event.target.closest('[data-bt-choose]') : null;
/** @param {HTMLElement} root */
const parts = (root) => ({
  text: /** @type {HTMLInputElement} */ (root.querySelector('.bt-choose__text')),
  value: /** @type {HTMLInputElement} */ (root.querySelector('[data-bt-choose-value]')),
  list: /** @type {HTMLElement} */ (root.querySelector('[role=listbox]')),
  clear: /** @type {HTMLElement} */ (root.querySelector('[data-bt-choose-clear]')),
  said: /** @type {HTMLElement} */ (root.querySelector('[data-bt-choose-said]')),
});

/** Asks the server for items whose titles hold the words, and shows them. @param {HTMLElement} root */
async function search(root) {
  const { text, list, said } = parts(root);
  const mine = ++asked;
  /** @type {{found: {id: number, label: string, note: string}[], more: boolean} | null} */
  let answer = null;
  try {
    const response = await fetch(`${root.dataset.url}?q=${encodeURIComponent(text.value.trim())}`, { headers: { Accept: 'application/json' } });
    answer = response.ok ? await response.json() : null;
  } catch {
    answer = null;
  }
  if (mine !== asked) return;
  list.replaceChildren();
  if (!answer) return tell(root, text.dataset.failed ?? '');
  answer.found.forEach((one, number) => list.append(option(list, one, number)));
  if (!answer.found.length) return tell(root, text.dataset.none ?? '');
  if (answer.more) list.append(note(text.dataset.more ?? ''));
  said.textContent = (text.dataset.found ?? '').replace('{count}', String(answer.found.length));
  open(root, true);
}

/** @param {HTMLElement} list @param {{id: number, label: string, note: string}} one @param {number} number */
function option(list, one, number) {
  const made = document.createElement('li');
  made.id = `${list.id}-${number}`;
  made.role = 'option';
  made.dataset.id = String(one.id);
  made.dataset.label = one.label;
  made.append(one.label);
  if (one.note) made.append(Object.assign(document.createElement('span'), { className: 'bt-choose__note', textContent: one.note }));
  return made;
}

/** @param {string} words */
const note = (words) => Object.assign(document.createElement('li'), { className: 'bt-choose__said', textContent: words, role: 'presentation' });

/** Says something where the items would stand. @param {HTMLElement} root @param {string} words */
function tell(root, words) {
  const { list, said } = parts(root);
  list.replaceChildren(note(words));
  said.textContent = words;
  open(root, true);
}

/** @param {HTMLElement} root @param {boolean} shown */
function open(root, shown) {
  const { text, list } = parts(root);
  list.hidden = !shown;
  text.setAttribute('aria-expanded', String(shown));
  if (!shown) mark(root, null);
}

/** @param {HTMLElement} root @param {HTMLElement | null} one */
function mark(root, one) {
  const { text, list } = parts(root);
  for (const other of list.querySelectorAll('[aria-selected]')) other.removeAttribute('aria-selected');
  if (!one) return text.removeAttribute('aria-activedescendant');
  one.setAttribute('aria-selected', 'true');
  one.scrollIntoView({ block: 'nearest' });
  text.setAttribute('aria-activedescendant', one.id);
}

/** @param {HTMLElement} root @param {string} id @param {string} label */
function choose(root, id, label) {
  const { text, value, clear } = parts(root);
  clearTimeout(timer);
  asked += 1;
  text.value = text.dataset.chosen = label;
  const changed = value.value !== id;
  value.value = id;
  clear.hidden = !id;
  open(root, false);
  if (changed) value.dispatchEvent(new Event('change', { bubbles: true }));
}

/** What was typed and not chosen is no item: the text goes back to the item of the row. @param {HTMLElement} root */
function restore(root) {
  const { text, value } = parts(root);
  text.value = value.value ? text.dataset.chosen ?? text.defaultValue : '';
  open(root, false);
}

document.addEventListener('input', (event) => {
  const root = chooserOf(event);
  if (!root || event.target !== parts(root).text) return;
  event.stopPropagation();
  clearTimeout(timer);
  timer = window.setTimeout(() => search(root), WAIT_MS);
});

document.addEventListener('keydown', (event) => {
  const root = chooserOf(event);
  if (!root || event.target !== parts(root).text) return;
  const { list } = parts(root);
  const options = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role=option]')]);
  const place = options.findIndex((one) => one.hasAttribute('aria-selected'));
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (list.hidden) return void search(root);
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (options.length) mark(root, options[(place + step + options.length + (place < 0 && step < 0 ? 1 : 0)) % options.length]);
  } else if (event.key === 'Enter') {
    event.preventDefault(); // it would save the form
    if (!list.hidden && place >= 0) choose(root, options[place].dataset.id ?? '', options[place].dataset.label ?? '');
  } else if (event.key === 'Escape' && !list.hidden) {
    event.preventDefault();
    restore(root);
  }
});

document.addEventListener('mousedown', (event) => {
  if (chooserOf(event) && event.target instanceof Element && event.target.closest('[role=listbox]')) event.preventDefault(); // the field keeps the focus
});

document.addEventListener('click', (event) => {
  const root = chooserOf(event);
  if (!root || !(event.target instanceof Element)) return;
  const one = /** @type {HTMLElement | null} */ (event.target.closest('[role=option]'));
  if (one) choose(root, one.dataset.id ?? '', one.dataset.label ?? '');
  else if (event.target.closest('[data-bt-choose-clear]')) {
    choose(root, '', '');
    parts(root).text.focus();
  } else if (event.target === parts(root).text && parts(root).list.hidden) search(root);
});

document.addEventListener('focusout', (event) => {
  const root = chooserOf(event);
  if (root && event.target === parts(root).text) {
    clearTimeout(timer);
    asked += 1;
    restore(root);
  }
});
