// The glossary's words beside a translation: asked for anew after the editor below has saved a passage.
(() => {
  const place = document.querySelector('[data-bt-hints]');
  const editor = document.querySelector('.js-translation-editor');
  if (!place || !editor) return;
  let waiting = 0;
  const refresh = async () => {
    const answer = await fetch(place.dataset.btHints, { headers: { 'X-Requested-With': 'fetch' } });
    if (answer.ok) {
      const text = await answer.text();
      if (text.trim() !== place.innerHTML.trim()) place.innerHTML = text;
    }
  };
  // The editor has no event for it; what it shows changes whenever a passage is saved.
  new MutationObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { refresh().catch(() => {}); }, 1500);
  }).observe(editor, { childList: true, subtree: true });
})();
