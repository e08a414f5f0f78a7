// Runs before the page is drawn: the theme that was chosen, so that nothing flashes; whether the page is embedded; and the compiler, which is the largest
// part of the site, begins to load.
const root = document.documentElement;
try {
  const theme = localStorage.getItem("gal.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme it is.
}
const embed = new URLSearchParams(location.search).get("embed");
if (embed !== null) root.dataset.embed = "";
// Whoever embeds a program knows what it stands in.
if (embed === "light" || embed === "dark") root.dataset.theme = embed;

const worker = new Worker("compiler-worker.js", { type: "module" });
const heard: unknown[] = [];
worker.onmessage = ({ data }) => heard.push(data);
/** The page takes the worker, and what it has said by then. */
Object.assign(globalThis, { galEarly: { worker, heard } });
export {};
