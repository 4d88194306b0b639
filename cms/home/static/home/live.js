// Keeps the pictures of faces and the state of a cluster fresh. A new picture is shown only when it has arrived.
const EVERY_MS = 10_000;

function missing(image, is) {
  image.classList.toggle("bh-missing", is);
  const word = image.parentElement.querySelector(".bh-face__missing");
  if (word) word.hidden = !is;
}

function watch(image) {
  image.addEventListener("error", () => missing(image, true));
  image.addEventListener("load", () => missing(image, false));
  if (image.complete) missing(image, image.naturalWidth === 0);
}

async function renew(image) {
  const next = new Image();
  next.src = `${image.dataset.bhFace}?t=${Math.floor(Date.now() / EVERY_MS)}`;
  try {
    await next.decode();
    image.src = next.src;
  } catch {
    // The old picture stays; the state beside it tells what is wrong.
  }
}

async function refresh() {
  if (document.hidden) return;
  await Promise.all([...document.querySelectorAll("img[data-bh-face]")].map(renew));
  for (const part of document.querySelectorAll("[data-bh-live]")) {
    if (part.contains(document.activeElement)) continue;
    try {
      const answer = await fetch(part.dataset.bhLive, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok) part.innerHTML = await answer.text();
    } catch {
      // Offline for a moment: try again in ten seconds.
    }
  }
}

for (const image of document.querySelectorAll("img[data-bh-face]")) watch(image);
if (document.querySelector("img[data-bh-face], [data-bh-live]")) setInterval(refresh, EVERY_MS);
