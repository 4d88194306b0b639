// Fills the places that say what an approval would change on the screens.
for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-bt-impact-of]'))) {
  fetch(place.dataset.btImpactOf ?? '')
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error(String(response.status)))))
    .then((html) => { place.innerHTML = html; })
    .catch(() => { place.textContent = place.dataset.failed ?? ''; });
}
