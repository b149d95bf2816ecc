"""Style and script of the page that lists a directory: whole, in the page itself, and allowed there by their hashes.

Nothing is loaded from elsewhere (the icons stand in the style), and the page works without the script: sorting is by links, uploading by a form. The
script adds the filter, moving by keys, previews, times in the reader's zone, and dropping files with a bar each.
"""

__all__ = ["SCRIPT", "STYLE"]

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --dim: #59636e; --line: #d8dee4; --accent: #0a58ca;
  --raised: #f4f6f8; --good: #1a7f37; --bad: #c0262d; }
@media (prefers-color-scheme: dark) { :root { --paper: #101418; --ink: #e3e8ee; --dim: #98a3ae; --line: #2c343c;
  --accent: #79b0ff; --raised: #1a2027; --good: #57c273; --bad: #ff7b72; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 72rem; padding: 1.25rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.45 system-ui, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 4px; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h1 .sep { color: var(--dim); padding: 0 .25rem; font-weight: 400; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 0 0 .5rem; color: var(--dim); }
.bar input[type=search] { flex: 1 1 12rem; max-width: 24rem; }
input[type=search], button, .bar label.button { font: inherit; color: inherit; background: var(--raised);
  border: 1px solid var(--line); border-radius: 6px; padding: .35rem .7rem; }
button { cursor: pointer; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) 7rem 11rem; align-items: center; }
.head { border-bottom: 1px solid var(--line); color: var(--dim); font-size: .875rem; padding: .25rem .5rem; }
.head a { color: inherit; }
.head a[aria-current]::after { content: " \\2193"; }
.head a[aria-current=ascending]::after { content: " \\2191"; }
.head :nth-child(n+2), .row > :nth-child(n+2) { text-align: right; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.4rem; }
li:hover, li:focus-within { background: var(--raised); }
li a { padding: .45rem .5rem .45rem 2.2rem; overflow-wrap: anywhere; position: relative; white-space: pre-wrap; }
li a::before { content: ""; position: absolute; left: .6rem; top: .65rem; width: 1rem; height: 1rem; opacity: .75;
  background: currentColor; mask: var(--icon) center / contain no-repeat; }
li a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M3 1h7l3 3v11H3zM9.5 2.5v2h2z'/%3E%3C/svg%3E"); }
li.d a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M1 3h5l1.5 2H15v8.5H1z'/%3E%3C/svg%3E"); }
li.u a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M8 2 3 7h3v6h7v-2H9V7h3z'/%3E%3C/svg%3E"); }
li.i a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M1 2.5h14v11H1zM2.5 11.5h11l-3.5-4.5-2.5 3-2-2zM4.5 4.5a1.3 1.3 0 100 2.6 1.3 1.3 0 000-2.6z'/%3E%3C/svg%3E"); }
li.a a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M6 2l8-1v10.5a2 2 0 11-1.5-1.9V4L7.5 4.7v7.8A2 2 0 116 10.6z'/%3E%3C/svg%3E"); }
li.v a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M1 3h14v10H1zM6.5 5.5v5l4-2.5z'/%3E%3C/svg%3E"); }
li.z a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M3 1h10v14H3zM7 1v2h2V1zM7 5v2h2V5zM7 9v4h2V9z'/%3E%3C/svg%3E"); }
li.t a { --icon:
  url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill-rule='evenodd' d='M3 1h10v14H3zM5 4v1h6V4zM5 7v1h6V7zM5 10v1h4v-1z'/%3E%3C/svg%3E"); }
li span, li time { color: var(--dim); font-variant-numeric: tabular-nums; font-size: .875rem; padding-right: .5rem; }
.note { color: var(--dim); padding: 2rem .5rem; text-align: center; }
.up { border: 1px dashed var(--line); border-radius: 8px; padding: .75rem; margin: 0 0 1rem; display: flex;
  flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.up.over { border-color: var(--accent); background: var(--raised); }
.up p { margin: 0; color: var(--dim); font-size: .875rem; }
.up ol:empty { display: none; }
.up input { max-width: 100%; }
::file-selector-button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; padding: .35rem .7rem; margin-right: .6rem; cursor: pointer; }
.up ol { list-style: none; flex: 1 1 100%; margin: 0; padding: 0; }
.up ol li { display: grid; grid-template-columns: minmax(0, 1fr) 8rem minmax(4rem, auto); gap: .75rem; border: 0;
  align-items: center; padding: .2rem 0; overflow-wrap: anywhere; }
.up progress { width: 100%; accent-color: var(--accent); }
.good { color: var(--good) !important; }
.bad { color: var(--bad) !important; }
dialog { border: 1px solid var(--line); border-radius: 10px; padding: 0; width: min(94vw, 64rem); max-height: 92vh;
  background: var(--paper); color: inherit; }
dialog::backdrop { background: #000a; }
dialog header { display: flex; gap: .5rem; align-items: center; padding: .5rem .75rem;
  border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--paper); }
dialog header b { flex: 1; overflow-wrap: anywhere; font-weight: 600; }
dialog pre { margin: 0; padding: .75rem; overflow: auto; font: .8125rem/1.5 ui-monospace, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; }
dialog img, dialog video { display: block; margin: auto; max-width: 100%; max-height: 80vh; }
dialog audio { display: block; margin: 2rem auto; }
footer { color: var(--dim); font-size: .8125rem; padding: 1rem .5rem; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem; font-size: .75rem; }
@media (max-width: 40rem) {
  body { padding-top: .75rem; }
  .head { grid-template-columns: 1fr auto auto; gap: 1.25rem; }
  li.row { grid-template-columns: 1fr auto; }
  li.row > a { grid-column: 1 / -1; padding-bottom: .1rem; }
  li.row > :nth-child(2) { text-align: left; padding: 0 0 .4rem 2.2rem; }
  li.row > :nth-child(3) { padding-bottom: .4rem; }
  li.u.row > a { padding-bottom: .45rem; }
  footer .keys { display: none; }
}
@media (hover: none) { .up .drop { display: none; }
}
"""

SCRIPT = """
"use strict";
const $ = (query, from = document) => from.querySelector(query);
const list = $("#entries"), filter = $("#filter"), count = $("#count"), view = $("#view");
const rows = [...list.children].filter(row => !row.classList.contains("u"));
const shown = () => [...list.children].filter(row => !row.hidden);
const linkOf = row => $("a", row);
const nameOf = row => linkOf(row).textContent;

for (const time of document.querySelectorAll("time")) {
  const when = new Date(time.dateTime);
  time.title = time.textContent + " UTC";
  const pad = number => String(number).padStart(2, "0");
  time.textContent = `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ` +
    `${pad(when.getHours())}:${pad(when.getMinutes())}`;
}

const names = rows.map(row => nameOf(row).toLowerCase());
function applyFilter() {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let left = 0;
  rows.forEach((row, at) => {
    const fits = words.every(word => names[at].includes(word));
    if (row.hidden === fits) row.hidden = !fits;
    left += fits;
  });
  count.textContent = words.length ? `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : count.dataset.all;
  $("#none").hidden = left > 0 || rows.length === 0;
}
filter.hidden = false;
filter.addEventListener("input", applyFilter);
if (filter.value) applyFilter();

let at = 0;
function move(step, to) {
  const all = shown();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement.closest("#entries > li"));
  at = Math.max(0, Math.min(all.length - 1, to ?? (here < 0 ? 0 : here + step)));
  linkOf(all[at]).focus();
  all[at].scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (view.open) {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      showNext(event.key === "ArrowRight" ? 1 : -1);
    }
    return;
  }
  const typing = event.target === filter, key = event.key;
  if (key === "ArrowDown") { event.preventDefault(); move(1); }
  else if (key === "ArrowUp") { event.preventDefault(); move(-1); }
  else if (key === "Escape" && typing) { filter.value = ""; applyFilter(); filter.blur(); }
  else if (key === "Enter" && typing) { event.preventDefault(); const first = shown().find(row => rows.includes(row));
    if (first) linkOf(first).click(); }
  else if (typing || event.target.matches("input, button, summary")) return;
  else if (key === "/") { event.preventDefault(); filter.focus(); }
  else if (key === "Home") { event.preventDefault(); move(0, 0); }
  else if (key === "End") { event.preventDefault(); move(0, shown().length - 1); }
  else if (key === "Backspace" && $("li.u a")) { event.preventDefault(); $("li.u a").click(); }
  else if (key === " " && event.target.closest("#entries > li")) {
    const row = event.target.closest("#entries > li");
    if (canShow(row)) { event.preventDefault(); show(row); }
  }
});

const TEXT_LIMIT = 65536;
let current = null, asked = 0;
const canShow = row => ["i", "t", "a", "v"].some(kind => row.classList.contains(kind));
function put(element) { $("#shown").replaceChildren(element); }
function make(tag, properties) { return Object.assign(document.createElement(tag), properties); }
async function show(row) {
  current = row;
  const link = linkOf(row), mine = ++asked;
  $("#name").textContent = nameOf(row);
  $("#open").href = link.href;
  if (!view.open) view.showModal();
  if (row.classList.contains("i")) return put(make("img", { src: link.href, alt: nameOf(row) }));
  if (row.classList.contains("v")) return put(make("video", { src: link.href, controls: true }));
  if (row.classList.contains("a")) return put(make("audio", { src: link.href, controls: true }));
  if (row.dataset.s === "0") return put(make("pre", { textContent: "(empty)", tabIndex: 0 }));
  put(make("pre", { textContent: "\\u2026" }));
  let text;
  try {
    const response = await fetch(link.href, { headers: { Range: `bytes=0-${TEXT_LIMIT - 1}` } });
    if (!response.ok && response.status !== 416) throw new Error(`${response.status} ${response.statusText}`);
    text = response.status === 416 ? "" : (await response.text()).slice(0, TEXT_LIMIT);
    if (Number(row.dataset.s) > TEXT_LIMIT) text += "\\n\\u2026 (the first 64 KB)";
  } catch (error) { text = String(error); }
  if (mine === asked) put(make("pre", { textContent: text, tabIndex: 0 }));
}
function showNext(step) {
  const all = shown().filter(canShow);
  if (all.length) show(all[(all.indexOf(current) + step + all.length) % all.length]);
}
view.addEventListener("close", () => { asked++; $("#shown").replaceChildren(); if (current) linkOf(current).focus(); });
view.addEventListener("click", event => { if (event.target === view) view.close(); });
$("#close").addEventListener("click", () => view.close());
$("#next").addEventListener("click", () => showNext(1));
$("#previous").addEventListener("click", () => showNext(-1));
list.addEventListener("click", event => {
  const row = event.target.closest("li");
  if (!row || !canShow(row) || !event.target.closest("a")) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(row);
});

const drop = $("#upload");
if (drop) {
  const field = $("input[type=file]", drop), jobs = $("ol", drop);
  let running = 0, done = 0;
  $("button[type=submit]", drop).hidden = true;
  const explain = status => ({ 401: "needs a login", 403: "not allowed", 409: "already there", 412: "already there",
    413: "too large", 415: "not accepted", 507: "no room left" })[status] || `failed (${status || "no answer"})`;
  function send(file) {
    const item = jobs.appendChild(document.createElement("li"));
    const bar = make("progress", { max: Math.max(file.size, 1), value: 0 }), state = make("span", { textContent: "0 %" });
    item.append(make("span", { textContent: file.name }), bar, state);
    state.setAttribute("role", "status");
    const request = new XMLHttpRequest();
    request.open("PUT", encodeURIComponent(file.name).replace(/^\\.+$/, "_"));
    request.setRequestHeader("If-None-Match", "*");
    request.upload.onprogress = event => {
      bar.value = event.loaded;
      state.textContent = `${Math.floor(100 * event.loaded / Math.max(event.total, 1))} %`;
    };
    request.onloadend = () => {
      const good = request.status >= 200 && request.status < 300;
      bar.value = good ? bar.max : 0;
      state.textContent = good ? "done" : explain(request.status);
      state.className = good ? "good" : "bad";
      done += good;
      if (--running === 0 && done && !$(".bad", jobs)) location.reload();
    };
    request.send(file);
  }
  function sendAll(files) { running += files.length; for (const file of files) send(file); }
  field.addEventListener("change", () => { sendAll([...field.files]); field.value = ""; });
  let inside = 0;
  document.addEventListener("dragenter", event => { inside++; drop.classList.add("over"); event.preventDefault(); });
  document.addEventListener("dragleave", () => { if (--inside <= 0) { inside = 0; drop.classList.remove("over"); } });
  document.addEventListener("dragover", event => event.preventDefault());
  document.addEventListener("drop", event => {
    event.preventDefault();
    inside = 0;
    drop.classList.remove("over");
    const items = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry && item.webkitGetAsEntry());
    sendAll([...event.dataTransfer.files].filter((_, index) => !items[index] || items[index].isFile));
  });
}
"""
