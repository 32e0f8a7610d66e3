// A reply to take along: as plain text, as a file, on paper (which is also how it becomes a PDF).

import { render } from "lit";
import type { Item, Reply } from "./contract";
import { shownReply } from "./reply";
import replySheet from "./reply.css";
import printSheet from "./print.css";
import type { Words } from "./words/words";

const TICKED = "[x]";
const OPEN = "[ ]";
const PRINTED_WITHIN = 60_000; // milliseconds until the hidden frame is taken away; some browsers tell no end of printing

/** Return `reply` as text; papers carry a box, ticked as in `ticks`. */
export function plainText(reply: Reply, ticks: string[]): string {
  const lines: string[] = [];
  reply.blocks.forEach((block, at) => {
    if (block.text) lines.push("", block.text);
    block.items.forEach((item, n) => {
      const boxed = block.type === "checklist" || block.type === "case";
      const mark = boxed ? (ticks.includes(`${at}-${n}`) ? TICKED : OPEN) : block.type === "steps" ? `${n + 1}.` : "-";
      lines.push(`${mark} ${plainItem(item)}`);
    });
  });
  lines.push("", ...reply.sources, ...reply.links.map(({ text, url }) => (url ? `${text}: ${url}` : text)));
  return `${lines.join("\n").trim()}\n`;
}

function plainItem({ text, count, note }: Item): string {
  return text + (count ? ` (${count})` : "") + (note ? `. ${note}` : "");
}

/** Have the browser save `reply` as a text file. */
export function save(reply: Reply, ticks: string[]): void {
  const url = URL.createObjectURL(new Blob([plainText(reply, ticks)], { type: "text/plain;charset=utf-8" }));
  const anchor = Object.assign(document.createElement("a"), { href: url, download: `thu-tuc-${reply.codes[0] ?? "tra-loi"}.txt` });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** Print `reply` alone, whole, ticks and all: from a frame of its own, so that the site around it is left as it is. */
export function print(reply: Reply, ticks: string[], words: Words): void {
  const frame = document.createElement("iframe");
  frame.title = words.print;
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  Object.assign(frame.style, { position: "fixed", width: "0", height: "0", border: "0", opacity: "0" }); // a frame that is not laid out prints nothing
  document.body.append(frame);
  const page = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!page) return frame.remove();
  const sheet = new page.CSSStyleSheet(); // no style element: a strict content security policy holds
  sheet.replaceSync(replySheet + printSheet);
  page.document.adoptedStyleSheets = [sheet];
  page.document.documentElement.lang = "vi";
  page.document.title = words.title;
  const paper = page.document.body.appendChild(page.document.createElement("article"));
  paper.className = "tthc answer";
  render(shownReply(reply, { words, ticks, folded: false, tick: () => undefined }), paper);
  for (const folded of paper.querySelectorAll("details")) folded.open = true;
  const done = (): void => frame.remove();
  page.addEventListener("afterprint", done);
  setTimeout(done, PRINTED_WITHIN);
  page.focus();
  page.print();
}
