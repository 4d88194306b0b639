// The draft beside its form: sent 0.4 s after the typing stops, checked and drawn by the server, saved by nobody.
import { showErrors } from './preview_errors.js';
import { Player } from './preview_player.js';

const STILL_MS = 400;
const LOOK_MS = 1000; // choosers and buttons change the form without a word
const AGAIN_MS = 100; // the server answers when the picture is there, or after a while
const LEFT_OUT = new Set(['csrfmiddlewaretoken', 'next', 'bt-look', 'bt-face', 'bt-cluster']);
const MARKS = { drawing: '◔', done: '●', failed: '▲', errors: '▲', empty: '○', nowhere: '■', superseded: '■', offline: '▲' };

/** @param {HTMLElement} root */
function start(root) {
  const form = /** @type {HTMLFormElement} */ (root.closest('form'));
  const { ask, clusters, words } = JSON.parse(root.querySelector('#bt-preview-data').textContent);
  hiding(root);
  if (!form || !clusters.length) return;
  const player = new Player(root, words);
  const part = (name) => root.querySelector(`[data-bt-${name}]`);
  let seen = '';
  let sent = '';
  let timer = 0;
  let turn = 0;

  /** What of the form counts, as it would be sent. */
  function written() {
    const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !LEFT_OUT.has(name) && !name.startsWith('comments-'));
    return new URLSearchParams(/** @type {string[][]} */ (pairs)).toString();
  }

  function tell(state, text) {
    const box = part('state');
    box.dataset.state = state;
    const [mark, said] = box.children;
    mark.textContent = MARKS[state] || '○';
    if (said.textContent !== text) said.textContent = text;
    root.setAttribute('aria-busy', String(state === 'drawing'));
  }

  async function post(body) {
    const config = window.wagtailConfig || {};
    const answer = await fetch(ask, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
        'X-Requested-With': 'XMLHttpRequest',
        [config.CSRF_HEADER_NAME || 'X-CSRFToken']: config.CSRF_TOKEN || form.elements.namedItem('csrfmiddlewaretoken').value,
      },
      body,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /** Ask how far a draft is until it is drawn, or another one is on its way. */
  async function drawn(first, mine) {
    let said = first;
    while (said.state === 'drawing' && mine === turn) {
      await new Promise((go) => { setTimeout(go, AGAIN_MS); });
      const answer = await fetch(`${root.dataset.btStateUrl.replace('TOKEN', first.order)}`, { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      said = await answer.json();
    }
    return said;
  }

  async function send() {
    const text = written();
    const body = `${text}&bt-cluster=${part('cluster').value}`;
    if (body === sent) return;
    sent = body;
    turn += 1;
    const mine = turn;
    tell('drawing', words.drawing);
    try {
      const first = await post(body);
      if (mine !== turn) return;
      showErrors(form, first.errors);
      const said = first.state === 'drawing' ? { ...first, ...(await drawn(first, mine)) } : first;
      if (mine === turn) await shown(said, mine);
    } catch {
      if (mine === turn) {
        sent = '';
        tell('offline', words.offline);
      }
    }
  }

  async function shown(said, mine) {
    root.dataset.stale = String(said.state !== 'done');
    if (said.state === 'done') {
      await player.setScenes(said.scenes);
      if (mine !== turn) return;
      part('facts').innerHTML = said.facts; // our own template's
      const samples = (said.samples || []).join(' ');
      tell(samples ? 'samples' : 'done', samples ? words.samples.replace('%(words)s', samples) : words.fresh);
      root.dispatchEvent(new CustomEvent('bt-drawn', { bubbles: true }));
    } else tell(said.state, said.message || words[said.state] || '');
  }

  function look() {
    const text = written();
    if (text === seen) return;
    seen = text;
    clearTimeout(timer);
    timer = window.setTimeout(send, STILL_MS);
  }

  form.addEventListener('input', (event) => {
    if (!event.target.closest('[data-bt-preview]')) look();
  });
  form.addEventListener('change', (event) => {
    if (!event.target.closest('[data-bt-preview]')) look();
  });
  window.setInterval(() => {
    if (!document.hidden && !root.querySelector('#bt-preview-body').hidden) look();
  }, LOOK_MS);

  // The preview's own controls are no part of the item: nothing of them counts as an unsaved change.
  root.addEventListener('change', (event) => event.stopPropagation());
  root.addEventListener('input', (event) => event.stopPropagation());
  part('cluster').addEventListener('change', () => {
    player.setCluster(clusters.find((one) => String(one.id) === part('cluster').value));
    send();
    beside();
  });
  root.querySelectorAll('[name="bt-look"]').forEach((input) => input.addEventListener('change', () => {
    player.look = input.value;
    player.draw();
  }));
  root.querySelectorAll('[data-bt-step]').forEach((button) => button.addEventListener('click', () => player.go(player.at + Number(button.dataset.btStep))));
  part('play').addEventListener('click', () => player.play(!player.playing));

  async function beside() {
    const select = part('beside');
    if (!select) return;
    const answer = select.value ? await fetch(`${select.value}?cluster=${part('cluster').value}`, { credentials: 'same-origin' }).catch(() => null) : null;
    player.setBeside(answer && answer.ok ? (await answer.json()).scenes : []);
  }
  if (part('beside')) part('beside').addEventListener('change', beside);

  player.setCluster(clusters.find((one) => String(one.id) === part('cluster').value) || clusters[0]);
  // Wagtail builds the cards' fields when its own scripts run.
  window.addEventListener('load', () => { seen = written(); send(); }, { once: true });
  if (document.readyState === 'complete') { seen = written(); send(); }
}

/** The preview can be put away; the browser remembers it. */
function hiding(root) {
  const button = root.querySelector('[data-bt-hide]');
  const body = root.querySelector('#bt-preview-body');
  const put = (open) => {
    body.hidden = !open;
    root.dataset.open = String(open);
    root.parentElement.dataset.btOpen = String(open);
    button.setAttribute('aria-expanded', String(open));
    button.querySelector('[data-bt-when="open"]').hidden = !open;
    button.querySelector('[data-bt-when="closed"]').hidden = open;
  };
  let open = true;
  try {
    open = localStorage.getItem('bangtin.preview') !== 'hidden';
  } catch {
    // A browser that keeps nothing shows it.
  }
  put(open);
  button.addEventListener('click', () => {
    put(body.hidden);
    try {
      localStorage.setItem('bangtin.preview', body.hidden ? 'hidden' : 'shown');
    } catch {
      // It is shown again next time.
    }
  });
}

document.querySelectorAll('[data-bt-preview]').forEach(start);
