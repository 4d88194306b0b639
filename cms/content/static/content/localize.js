// wagtail-localize's editor says two things in English only, and has fields without names. It draws itself again and again, so they
// are mended as they appear.
(() => {
  const editor = document.querySelector('.js-translation-editor[data-bt-words]');
  if (!editor) return;
  const words = JSON.parse(editor.dataset.btWords);
  const mend = () => {
    editor.querySelectorAll('.w-sr-only').forEach((one) => {
      if (one.textContent === 'More actions') one.textContent = words.more;
    });
    // Fields without a name: the passage being translated, the file that is taken in.
    editor.querySelectorAll('textarea:not([aria-label])').forEach((one) => one.setAttribute('aria-label', words.passage));
    editor.querySelectorAll('input[type=file]:not([aria-label])').forEach((one) => one.setAttribute('aria-label', words.file));
    editor.querySelectorAll('h3').forEach((one) => {
      if (/ to .+ translation$/.test(one.textContent)) one.textContent = words.title;
    });
  };
  new MutationObserver(mend).observe(editor, { childList: true, subtree: true });
  mend();
})();
