// `<gal-snippet>`: a program in somebody's page, with a button that runs it. The element's text is the program; the site that this script
// came from runs it in a frame. Without JavaScript the text stays readable.
//
//     <script type="module" src="https://…/gal-snippet.js"></script>
//     <gal-snippet><pre>fn main() { println("Hello") }</pre></gal-snippet>
//
// Attributes: `height` in pixels (what the text needs unless given), `theme` (`light`, `dark`).
const site = new URL(".", import.meta.url);

/** Of a line of the editor, and of what is around it. */
const LINE_PX = 21;
const AROUND_PX = 220;

class GalSnippet extends HTMLElement {
  connectedCallback(): void {
    // The text arrives after the element while a page is being parsed.
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => this.show(), { once: true });
    else this.show();
  }

  private show(): void {
    if (this.shadowRoot) return;
    const text = dedent(this.textContent ?? "");
    const frame = document.createElement("iframe");
    const page = new URL("index.html", site);
    page.searchParams.set("embed", this.getAttribute("theme") ?? "");
    page.hash = `source=${encodeURIComponent(text)}`;
    frame.src = page.href;
    frame.title = "A program in GAL that can be changed and run";
    frame.loading = "lazy";
    const height = Number(this.getAttribute("height")) || text.split("\n").length * LINE_PX + AROUND_PX;
    frame.style.cssText = `display:block;width:100%;height:${height}px;border:0;border-radius:8px;color-scheme:normal`;
    this.attachShadow({ mode: "open" }).append(frame);
  }
}

/** Without blank lines around it, and without the indentation that all lines have. */
function dedent(text: string): string {
  const lines = text.replace(/^\s*\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, 1000);
  return lines.map((line) => line.slice(indent)).join("\n") + "\n";
}

customElements.define("gal-snippet", GalSnippet);
