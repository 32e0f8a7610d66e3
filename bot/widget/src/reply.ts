// One reply, block by block, as templates of known elements: every text of the server becomes a text node.

import { html, nothing, type TemplateResult } from "lit";
import type { Block, Item, Link, Reply } from "./contract";
import type { Words } from "./words/words";

export interface View {
  words: Words;
  ticks: string[];
  folded: boolean;
  tick: (key: string, ticked: boolean) => void;
}

const OPEN_CASES = 3; // an answer with more cases than this shows them folded: most people need one of them
const LONG = 1500; // characters: a longer answer is folded
const SHORT = 800; // characters of a folded answer that are shown
const ROWS = ["fee", "time"]; // aspects whose items are amounts: laid out in rows
// A search by words works in every browser and needs no map program, as a geo: address would; nothing is fetched until it is tapped.
const MAP = "https://www.openstreetmap.org/search?query=";

function itemParts(item: Item, words: Words): TemplateResult {
  return html`<span class="item"
    ><span class="item-text">${item.text}</span>${item.count ? html` <span class="item-count">${item.count}</span>` : nothing}${item.note
      ? html` <span class="item-note">${item.note}</span>`
      : nothing}${item.address ? mapLink(item, words) : nothing}</span
  >`;
}

function mapLink(item: Item, words: Words): TemplateResult {
  const href = MAP + encodeURIComponent(item.address);
  return html` <a class="map" href=${href} target="_blank" rel="noopener noreferrer" aria-label="${words.mapOf(item.text)} ${words.newTab}"
    >${words.map}</a
  >`;
}

function checklist(items: Item[], at: number, view: View): TemplateResult {
  const box = (item: Item, n: number): TemplateResult => {
    const key = `${at}-${n}`;
    const change = (event: Event): void => view.tick(key, (event.target as HTMLInputElement).checked);
    return html`<li>
      <label><input type="checkbox" .checked=${view.ticks.includes(key)} @change=${change} />${itemParts(item, view.words)}</label>
    </li>`;
  };
  return html`<ul class="checklist" role="list">
    ${items.map(box)}
  </ul>`;
}

function listing(block: Block, view: View): TemplateResult {
  const lines = block.items.map((item) => html`<li>${itemParts(item, view.words)}</li>`);
  if (block.type === "steps") return html`<ol class="steps" role="list">${lines}</ol>`;
  return html`<ul class=${ROWS.includes(block.aspect) ? "rows" : "bullets"} role="list">${lines}</ul>`;
}

/** Tell whether `block` is the heading of the blocks after it: a text that names an aspect and lists nothing itself. */
function isSection(block: Block): boolean {
  return block.type === "text" && block.aspect !== "" && !block.items.length;
}

function heading(text: string, deep: boolean): TemplateResult | typeof nothing {
  if (!text) return nothing;
  return deep ? html`<h5>${text}</h5>` : html`<h4>${text}</h4>`;
}

/** Return what shows `block`, the one numbered `at`; `deep` when it stands under a section, `closed` when cases are folded. */
function shownBlock(block: Block, at: number, deep: boolean, closed: boolean, view: View): TemplateResult {
  const { type, text, items } = block;
  if (type === "title") return html`<h3>${text}</h3>`;
  if (type === "case") return html`<details ?open=${!closed}><summary>${text}</summary>${checklist(items, at, view)}</details>`;
  if (type === "note") return html`<div class="note">${text ? html`<p>${text}</p>` : nothing}${items.length ? listing(block, view) : nothing}</div>`;
  if (!items.length) return isSection(block) ? html`${heading(text, false)}` : html`<p>${text}</p>`;
  if (type === "checklist") return html`${heading(text, deep)}${checklist(items, at, view)}`;
  if (type === "text") return html`${heading(text, deep)}${items.map((item) => html`<p>${itemParts(item, view.words)}</p>`)}`;
  return html`${heading(text, deep)}${listing(block, view)}`;
}

function lengthOf(block: Block): number {
  return block.items.reduce((sum, { text, count, note }) => sum + text.length + count.length + note.length, block.text.length);
}

/** Return how many of the blocks of `reply` a folded answer shows; all of them when it is not long. */
export function firstBlocks(reply: Reply): number {
  const lengths = reply.blocks.map(lengthOf);
  if (lengths.reduce((sum, length) => sum + length, 0) <= LONG) return reply.blocks.length;
  let sum = 0;
  return lengths.findIndex((length) => (sum += length) >= SHORT) + 1;
}

function shownLink({ text, url }: Link, words: Words): TemplateResult {
  if (!url) return html`<p>${text}</p>`;
  return html`<p><a href=${url} target="_blank" rel="noopener noreferrer">${text} <span class="for-readers">${words.newTab}</span></a></p>`;
}

/** Return what shows `reply` but its buttons: its blocks, the sources, the links. */
export function shownReply(reply: Reply, view: View): TemplateResult {
  const closed = reply.blocks.filter((block) => block.type === "case").length > OPEN_CASES;
  const shown = reply.blocks.slice(0, view.folded ? firstBlocks(reply) : reply.blocks.length);
  let section = "";
  const blocks = shown.map((block, at) => {
    const made = shownBlock(block, at, section !== "" && block.aspect === section, closed, view);
    if (isSection(block)) section = block.aspect;
    return made;
  });
  const { sources, links } = reply;
  const foot = html`<footer>
    ${sources.map((source) => html`<p>${source}</p>`)}${links.map((link) => shownLink(link, view.words))}
  </footer>`;
  return html`${blocks}${sources.length + links.length ? foot : nothing}`;
}
