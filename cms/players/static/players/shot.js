// Waits for a picture of the screen: while one is on its way, the part of the page that shows it is asked for again.
const EVERY_MS = 3000;

const part = document.querySelector("[data-bt-shot]");

async function renew() {
  if (!part.querySelector("[data-bt-waiting]")) return;
  try {
    const answer = document.hidden ? undefined : await fetch(part.dataset.btShot, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (answer?.ok) part.innerHTML = await answer.text();
  } catch {
    // Offline for a moment: try again.
  }
  setTimeout(renew, EVERY_MS);
}

if (part) setTimeout(renew, EVERY_MS);
