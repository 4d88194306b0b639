// Ticks in lists: all at once, and how many. Without this script everything still works, one tick at a time.
document.querySelectorAll('[data-bt-ticks]').forEach((form) => {
  const all = form.querySelector('[data-bt-all]');
  const count = form.querySelector('[data-bt-count]');
  const ticks = [...form.querySelectorAll('input[name="item"]')];
  const tell = () => {
    const ticked = ticks.filter((one) => one.checked).length;
    if (count) count.textContent = ticked ? count.dataset.btWords.replace('%s', ticked) : '';
    if (all) {
      all.checked = ticked > 0 && ticked === ticks.length;
      all.indeterminate = ticked > 0 && ticked < ticks.length;
    }
  };
  all?.addEventListener('change', () => {
    ticks.forEach((one) => { one.checked = all.checked; });
    tell();
  });
  form.addEventListener('change', tell);
  tell();
});
