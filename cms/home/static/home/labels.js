// Fields of Wagtail's that are labelled for the eye only get their words for screen readers, too.
function name(input, words) {
  if (!input || !words || input.hasAttribute("aria-labelledby")) return;
  words.id ||= `${input.id || words.htmlFor}-words`;
  input.setAttribute("aria-labelledby", words.id);
}

function label() {
  for (const list of document.querySelectorAll(".tagit")) {
    const field = list.previousElementSibling;
    if (!field?.id) continue;
    const input = list.querySelector(".tagit-new input");
    name(input, document.querySelector(`label[for="${CSS.escape(field.id)}"]`));
    if (input && field.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
  }
  name(document.querySelector("#fileupload"), document.querySelector(".replace-file-input > button"));
}

// Tag fields are made after the page has loaded, and again in whatever is opened later.
let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    label();
  });
}).observe(document.body, { childList: true, subtree: true });
label();
