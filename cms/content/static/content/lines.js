// A translation's fields hold no line breaks, and Enter saves: ↵ stands wherever a line of the card ends, set by Shift and Enter, and
// in what is pasted (see translating/localize.py).
(() => {
  const LINE = ' ↵ ';
  const writing = (event) => event.target.closest?.('.js-translation-editor textarea');
  const insert = (event, text) => {
    event.preventDefault();
    event.stopPropagation();
    document.execCommand('insertText', false, text); // so that it can be undone, and the editor hears of it
  };
  // Before the editor, which listens further in.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.shiftKey && writing(event)) insert(event, LINE);
  }, true);
  document.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain').trim() ?? '';
    if (text.includes('\n') && writing(event)) insert(event, text.replace(/[ \t]*\r?\n[ \t]*/g, LINE));
  }, true);
})();
