// Shows one reply of the API, block by block. Used by the chat page and by the preview that staff read before they publish.
//
// What the server says is put on the page as text, never as HTML.

const OPEN_CASES = 3; // an answer with more cases than this shows them folded: most people need one of them

// Every sentence this script itself says.
const SAY = {
  assistant: "Trợ lý:",
  suggestions: "Gợi ý hỏi tiếp",
  newTab: "(mở ở trang mới)",
};

let lists = 0; // counts headings, to give each an id

/** Return a new element with `properties` and `children`; a child that is a string becomes a text node. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function hidden(text) {
  return element("span", { className: "for-readers" }, `${text} `);
}

function heading(level, text) {
  lists += 1;
  return element(level, { id: `heading-${lists}` }, text);
}

/** Return the parts of an item: its text, how many, and the remark, each on a line of its own. */
function itemParts(item) {
  return [
    element("span", { className: "item-text" }, item.text),
    item.count ? element("span", { className: "item-count" }, item.count) : null,
    item.note ? element("span", { className: "item-note" }, item.note) : null,
  ];
}

function tickable(item) {
  const box = element("input", { type: "checkbox" });
  return element("li", {}, element("label", {}, box, element("span", { className: "item" }, ...itemParts(item))));
}

function line(item) {
  return element("li", {}, element("span", { className: "item" }, ...itemParts(item)));
}

function list(name, className, items, shownAs, title) {
  const made = element(name, { className }, ...items.map(shownAs));
  made.setAttribute("role", "list"); // Safari forgets that a list without bullets is one
  if (title) made.setAttribute("aria-labelledby", title.id);
  return made;
}

/** Return the papers of one case under its heading; `folded` until the citizen opens them. */
function shownCase(block, items, folded) {
  return element("details", { open: !folded }, element("summary", {}, block.text), list("ul", "checklist", items, tickable));
}

/** Return the elements of `block`; `level` is the heading its items get, `folded` tells whether cases are closed at first. */
function shown(block, level, folded) {
  const items = block.items ?? [];
  if (block.type === "case") return [shownCase(block, items, folded)];
  if (block.type === "title") return [element("h2", {}, block.text)];
  if (block.type === "note") {
    const parts = [block.text ? element("p", {}, block.text) : null];
    if (items.length) parts.push(list("ul", "bullets", items, line));
    return [element("div", { className: "note" }, ...parts)];
  }
  if (!items.length) return [isSection(block) ? heading("h3", block.text) : element("p", {}, block.text)];
  const title = block.text ? heading(level, block.text) : null;
  if (block.type === "checklist") return [title, list("ul", "checklist", items, tickable, title)];
  if (block.type === "steps") return [title, list("ol", "steps", items, line, title)];
  if (block.type === "bullets") return [title, list("ul", "bullets", items, line, title)];
  return [title, ...items.map((item) => element("p", { className: "item" }, ...itemParts(item)))];
}

/** Tell whether `block` is the heading of the blocks after it: a text that names an aspect and lists nothing itself. */
function isSection(block) {
  return block.type === "text" && Boolean(block.aspect) && !(block.items ?? []).length;
}

function shownBlocks(blocks) {
  let section = null;
  const made = [];
  const folded = blocks.filter((block) => block.type === "case").length > OPEN_CASES;
  for (const block of blocks) {
    made.push(...shown(block, section !== null && block.aspect === section ? "h4" : "h3", folded));
    if (isSection(block)) section = block.aspect;
  }
  return made;
}

/** Return a link to `url`, or null when it is not a web address. */
function shownLink({ text, url }) {
  try {
    const { protocol, href } = new URL(url);
    if (protocol !== "https:" && protocol !== "http:") return null;
    return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, text, " ", hidden(SAY.newTab));
  } catch {
    return null;
  }
}

function footer(reply) {
  const sources = (reply.sources ?? []).map((source) => element("p", {}, source));
  const links = (reply.links ?? []).map(shownLink).filter(Boolean).map((link) => element("p", {}, link));
  return sources.length + links.length ? element("footer", {}, ...sources, ...links) : null;
}

function suggestions(buttons, tap) {
  if (!buttons?.length) return null;
  const made = buttons.map((button) => {
    const shownButton = element("button", { type: "button" }, button.text);
    shownButton.addEventListener("click", () => tap(button));
    return shownButton;
  });
  const group = element("div", { className: "suggestions" }, ...made);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", SAY.suggestions);
  return group;
}

/** Return the element that shows `reply`; `tap` is called with the button that is tapped. */
export function shownReply(reply, tap) {
  const parts = [...shownBlocks(reply.blocks), footer(reply), suggestions(reply.buttons, tap)];
  return element("article", { className: "answer" }, hidden(SAY.assistant), ...parts);
}
