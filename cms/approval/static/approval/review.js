// The review page: language versions as tabs, parts that are renewed while they are made, before and after over each other.
const EVERY_MS = 2000;
const fetched = { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } };

function announce(text) {
  const place = document.querySelector("[data-bt-announce]");
  if (place) place.textContent = text;
}

/** Replaces what is inside `box` only when it is not there already, so that nobody loses their place; says whether it did. */
function replace(box, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  if (made.innerHTML === box.innerHTML) return false;
  box.replaceChildren(made.content);
  return true;
}

function renew(box) {
  const ask = async () => {
    if (!box.isConnected || box.querySelector('[data-bt-running="1"]') === null) return;
    try {
      const answer = document.hidden ? null : await fetch(box.dataset.btPart, fetched);
      if (answer?.ok && replace(box, await answer.text())) {
        prepare(box);
        announce(box.querySelector('[data-bt-running="0"]')?.dataset.btCompared ?? "");
      }
    } catch {
      // The network is gone; the next round asks again.
    }
    setTimeout(ask, EVERY_MS);
  };
  setTimeout(ask, EVERY_MS);
}

async function load(panel) {
  const address = panel.dataset.btLoad;
  if (!address || panel.dataset.btState === "loaded" || panel.dataset.btState === "loading") return;
  panel.dataset.btState = "loading";
  panel.textContent = panel.dataset.btLoading;
  announce(panel.dataset.btLoading);
  try {
    const answer = await fetch(address, fetched);
    if (!answer.ok) throw new Error(String(answer.status));
    panel.innerHTML = await answer.text();
    panel.dataset.btState = "loaded";
    prepare(panel);
    announce("");
  } catch {
    panel.dataset.btState = "lost";
    panel.textContent = panel.dataset.btLost;
    announce(panel.dataset.btLost);
  }
}

function tabbed(root) {
  const list = root.querySelector("[data-bt-tablist]");
  const tabs = [...list.querySelectorAll("[data-bt-tab]")];
  if (tabs.length < 2) return;
  const panelOf = (tab) => document.getElementById(tab.dataset.btTab);
  const choose = (chosen) => {
    for (const tab of tabs) {
      const is = tab === chosen;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      tab.classList.toggle("is-current", is);
      panelOf(tab).hidden = !is;
    }
    load(panelOf(chosen));
  };
  list.setAttribute("role", "tablist");
  for (const item of list.children) item.setAttribute("role", "presentation");
  for (const tab of tabs) {
    tab.id = `tab-${tab.dataset.btTab}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", tab.dataset.btTab);
    panelOf(tab).setAttribute("role", "tabpanel");
    panelOf(tab).setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(tab);
    });
  }
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1, " ": at }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    tab.focus();
    choose(tab);
  });
  choose(tabs.find((tab) => tab.hasAttribute("aria-current")) ?? tabs[0]);
}

/** Before lies below; of the picture after as much is seen as the slider says, from the left. */
function slide(box) {
  const slider = box.querySelector("[data-bt-slide]");
  const button = box.querySelector("[data-bt-swap]");
  const show = () => {
    box.style.setProperty("--bt-seen", `${slider.value}%`);
    button.setAttribute("aria-pressed", String(slider.value === "100"));
  };
  slider.addEventListener("input", show);
  button.addEventListener("click", () => {
    slider.value = slider.value === "100" ? "0" : "100";
    show();
  });
  show();
}

/** Sets up what stands inside `root`, which came with the page or was loaded later. */
function prepare(root) {
  root.querySelectorAll("[data-bt-over]").forEach(slide);
  const parts = [...root.querySelectorAll("[data-bt-part]")];
  if (root.matches?.("[data-bt-part]")) return;
  parts.forEach(renew);
  root.dispatchEvent(new CustomEvent("bt-prepared", { bubbles: true }));
}

document.querySelectorAll("[data-bt-languages]").forEach(tabbed);
prepare(document.body);
