// The pictures of templates: drawn once by the server, asked for until they are there.
const AGAIN_MS = 800;
const ROUNDS = 120;

async function show(image) {
  const wait = image.parentElement.querySelector('[data-bt-wait]');
  for (let round = 0; round < ROUNDS; round += 1) {
    const answer = await fetch(image.dataset.btPicture, { credentials: 'same-origin' }).catch(() => null);
    if (answer && answer.status === 200) {
      image.src = URL.createObjectURL(await answer.blob());
      image.hidden = false;
      if (wait) wait.hidden = true;
      return;
    }
    if (answer && answer.status !== 202) break;
    await new Promise((go) => { setTimeout(go, AGAIN_MS); });
  }
  if (wait) wait.textContent = '–';
}

document.querySelectorAll('[data-bt-picture]').forEach(show);
