// Keys for deciding on paragraphs. The page works without this file. A key presses the first element that
// carries it; nothing happens while somebody writes, and the keys can be switched off.
const OFF = "duly-keys-off";
const WRITING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

const off = () => localStorage.getItem(OFF) === "yes";

function press(event) {
  if (off() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest(WRITING)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found) return;
  event.preventDefault();
  found.focus();
  found.click();
}

export function listen() {
  const button = document.querySelector(".duly-keys__switch");
  if (!button) return;
  const name = () => { button.textContent = off() ? "Switch the keys on" : "Switch the keys off"; };
  button.hidden = false;
  name();
  button.addEventListener("click", () => {
    localStorage.setItem(OFF, off() ? "no" : "yes");
    name();
  });
  document.addEventListener("keydown", press);
}
