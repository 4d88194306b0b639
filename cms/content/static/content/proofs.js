// Keeps the proofs beside a form fresh while they are being made: asks every 1.5 s, slower when nothing moves, never while hidden.
(() => {
  'use strict';
  const FAST = 1500;
  const SLOW = 15000;

  async function refresh(box) {
    if (document.hidden) return;
    const answer = await fetch(box.dataset.btProofs, { credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } });
    if (!answer.ok) return;
    const made = document.createElement('template');
    made.innerHTML = await answer.text();
    const board = made.innerHTML;
    if (board !== box.lastBoard) {
      box.lastBoard = board;
      box.replaceChildren(made.content);
    }
  }

  function watch(box) {
    const tick = async () => {
      try {
        await refresh(box);
      } catch {
        // The server is restarting or the network is gone; the next round asks again.
      }
      const running = box.querySelector('[data-bt-running="1"]') !== null;
      if (document.contains(box)) setTimeout(tick, running ? FAST : SLOW);
    };
    setTimeout(tick, FAST);
  }

  // Buttons beside pictures stand inside the item's own form, so they ask by themselves instead of sending it.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-bt-post]');
    if (!button || button.disabled) return;
    button.disabled = true;
    const config = window.wagtailConfig || {};
    try {
      const answer = await fetch(button.dataset.btPost, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { [config.CSRF_HEADER_NAME || 'X-CSRFToken']: config.CSRF_TOKEN || '', 'X-Requested-With': 'fetch' },
      });
      if (!answer.ok) button.title = await answer.text();
    } catch {
      // The network is gone; the button can be pressed again.
    }
    const box = button.closest('[data-bt-proofs]');
    if (box) await refresh(box).catch(() => {});
    button.disabled = false;
  });

  // As it came with the page: who has the focus on a picture keeps it as long as nothing is new.
  document.querySelectorAll('[data-bt-proofs]').forEach((box) => { box.lastBoard = box.innerHTML; });

  const start = () => document.querySelectorAll('[data-bt-proofs]').forEach((box) => {
    if (!box.watched) {
      box.watched = true;
      watch(box);
    }
  });
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
