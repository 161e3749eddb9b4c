// The little that the page does by itself; everything else is the server's HTML, swapped in by htmx.
"use strict";

const words = JSON.parse(document.getElementById("words").textContent);

// A menu somebody has opened stays open, and a field somebody types in keeps its words, when a part is refreshed.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.tagName === "DETAILS");

// -- the live stream names the parts that look different now; a tab nobody sees lets go of it, since a
// browser keeps only a few connections to one place, and catches up when it is looked at again

let stream = null;
const listen = () => {
  if (document.hidden) { stream?.close(); stream = null; return; }
  if (stream) return;
  stream = new EventSource(document.body.dataset.events);
  for (const part of ["sidebar", "timeline", "thread", "modal", "home"]) {
    stream.addEventListener(part, () => { const box = document.getElementById(part); if (box) htmx.trigger(box, "refresh"); });
  }
};
document.addEventListener("visibilitychange", listen);
listen();

// -- the timelines keep to their end while somebody reads there

const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const toEnd = (box) => { box.scrollTop = box.scrollHeight; };
const timelines = () => document.querySelectorAll(".timeline");
const wasAtEnd = new WeakMap();

if (!location.hash) timelines().forEach(toEnd);
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.matches(".timeline")) wasAtEnd.set(event.target, isAtEnd(event.target));
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches(".timeline") && wasAtEnd.get(event.target)) toEnd(event.target);
});

// Arrow keys walk from message to message; Tab then leads to what one can do with it.
document.body.addEventListener("keydown", (event) => {
  const box = event.target.closest(".timeline");
  if (!box || !["ArrowUp", "ArrowDown"].includes(event.key) || !event.target.matches(".timeline, .message")) return;
  const messages = [...box.querySelectorAll(".message")];
  const at = messages.indexOf(event.target);
  const next = event.key === "ArrowUp" ? (at < 0 ? messages.length : at) - 1 : at + 1;
  if (messages[next]) { event.preventDefault(); messages[next].focus(); }
});
if (matchMedia("(min-width: 721px)").matches && !location.hash) {
  (document.getElementById("composer-thread") ?? document.getElementById("composer"))?.focus();
}

// -- toasts

document.body.addEventListener("toast", (event) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = event.detail.value;
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 6000);
});
document.body.addEventListener("htmx:sendError", () => htmx.trigger(document.body, "toast", { value: "The workspace does not answer." }));

// -- the message fields

document.querySelectorAll("form.composer[data-place]").forEach((form) => {
  const field = form.querySelector("textarea");
  const list = form.querySelector(".completion");
  const files = form.querySelector("input[type=file]");
  let matches = [];
  let selected = 0;

  const grow = () => { field.style.height = "auto"; field.style.height = `${field.scrollHeight}px`; };
  const word = () => {
    const before = field.value.slice(0, field.selectionStart);
    const found = before.match(/^\/\S*$|(?:^|\s)@[\w.-]*$/);
    return found ? found[0].trimStart() : "";
  };
  const close = () => { list.hidden = true; matches = []; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const mark = () => {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === selected));
    field.setAttribute("aria-activedescendant", list.children[selected].id);
    list.children[selected].scrollIntoView({ block: "nearest" });
  };
  const suggest = () => {
    const typed = word().toLowerCase();
    const known = typed.startsWith("/") ? words.commands : typed.startsWith("@") ? words.people : [];
    matches = known.filter((entry) => entry.name.toLowerCase().startsWith(typed) || (typed.length > 1 && typed[0] === "@" && entry.hint.toLowerCase().includes(typed.slice(1))));
    if (!matches.length || (matches.length === 1 && matches[0].name === typed)) return close();
    selected = 0;
    list.replaceChildren(...matches.map((entry, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      const name = document.createElement("b");
      name.textContent = entry.name;
      const more = document.createElement("small");
      more.textContent = [entry.hint, entry.description].filter(Boolean).join(" · ");
      item.append(name, more);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); selected = index; take(); });
      return item;
    }));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark();
  };
  const take = () => {
    const typed = word();
    const start = field.selectionStart - typed.length;
    field.setRangeText(`${matches[selected].name} `, start, field.selectionStart, "end");
    close();
    field.focus();
  };
  const reset = () => {
    form.reset();
    form.elements.editing.value = "";
    form.querySelector(".edit-note").hidden = true;
    form.querySelector(".chosen").textContent = "";
    close();
    grow();
  };

  field.addEventListener("input", () => { grow(); suggest(); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (matches.length && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      selected = (selected + (event.key === "ArrowDown" ? 1 : matches.length - 1)) % matches.length;
      mark();
    } else if (matches.length && ["Tab", "Enter"].includes(event.key) && !event.shiftKey) {
      event.preventDefault();
      take();
    } else if (event.key === "Escape") {
      if (matches.length) close(); else if (form.elements.editing.value) reset();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (field.value.trim() || files.files.length) form.requestSubmit();
    }
  });
  files.addEventListener("change", () => { form.querySelector(".chosen").textContent = [...files.files].map((file) => file.name).join(", "); });
  form.querySelector(".cancel-edit").addEventListener("click", reset);
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    const box = form.parentElement.querySelector(".timeline");
    if (box) toEnd(box);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target === form && event.detail.successful) reset();
  });
  grow();
});

document.body.addEventListener("click", (event) => {
  const edit = event.target.closest("[data-edit]");
  if (edit) {
    const form = edit.closest(".room, .thread").querySelector("form.composer");
    form.elements.editing.value = edit.dataset.edit;
    form.querySelector(".edit-note").hidden = false;
    const field = form.querySelector("textarea");
    field.value = edit.dataset.words;
    field.focus();
    field.dispatchEvent(new Event("input"));
  }
  document.querySelectorAll("details.menu[open], details.switch[open]").forEach((menu) => {
    if (!menu.contains(event.target) || event.target.closest(".menu-list button")) menu.open = false;
  });
  const burger = event.target.closest(".burger");
  const isOpen = burger ? document.body.classList.toggle("nav") : document.body.classList.contains("nav") && Boolean(event.target.closest(".sidebar"));
  document.body.classList.toggle("nav", isOpen);
  document.querySelector(".burger").setAttribute("aria-expanded", String(isOpen));
});

// A link button tells the app and opens its address as well.
document.body.addEventListener("htmx:confirm", (event) => {
  if (event.target.matches("[data-link]")) window.open(event.target.href, "_blank", "noreferrer");
});

// -- modals: focus goes in, stays in, and comes back

let cameFrom = null;
let openModal = null;
const focusable = (box) => [...box.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']")].filter((node) => !node.disabled && node.offsetParent);

const watchModal = () => {
  const form = document.querySelector(".modal");
  if (form && form.id !== openModal) {
    if (!openModal) cameFrom = document.activeElement;
    openModal = form.id;
    (focusable(form.querySelector(".modal-body"))[0] || form.querySelector(".primary, .button")).focus();
  } else if (form && form.querySelector(".wrong")) {
    focusable(form.querySelector(".wrong"))[0].focus();
  } else if (!form && openModal) {
    openModal = null;
    if (cameFrom && cameFrom.isConnected) cameFrom.focus(); else document.getElementById("composer")?.focus();
  }
};
document.getElementById("modal").addEventListener("htmx:afterSettle", watchModal);
watchModal();

document.addEventListener("keydown", (event) => {
  const form = document.querySelector(".modal");
  if (form && event.key === "Tab") {
    const stops = focusable(form);
    const last = stops[stops.length - 1];
    if (event.shiftKey && document.activeElement === stops[0]) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); stops[0].focus(); }
  } else if (form && event.key === "Escape") {
    form.querySelector("footer .button:not(.primary)").click();
  } else if (event.key === "Escape") {
    document.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
    document.body.classList.remove("nav");
  }
});

// -- the workspace's clock ticks in the reader's zone

setInterval(() => {
  const box = document.getElementById("now");
  if (box.dataset.now !== box.started?.now) box.started = { now: box.dataset.now, at: Date.now() };
  const offset = box.dataset.now.match(/([+-])(\d\d):(\d\d)$/);
  const minutes = offset ? (offset[1] === "-" ? -1 : 1) * (offset[2] * 60 + Number(offset[3])) : 0;
  const shown = new Date(Date.parse(box.dataset.now) + Date.now() - box.started.at + minutes * 60000);
  const part = (options) => shown.toLocaleString("en-GB", { timeZone: "UTC", ...options });
  box.textContent = `${part({ weekday: "short" })} ${part({ day: "numeric", month: "short", year: "numeric" })}, ${part({ hour: "2-digit", minute: "2-digit" })}`;
}, 1000);
