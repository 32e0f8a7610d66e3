// The widget as a site loads it: one script tag puts the chat on the page. Nothing is stored or asked for until a citizen opens it.

import { Chat } from "./chat";
import { optionsOf } from "./options";
import { ReplyPreview } from "./preview";

const CHAT = "tthc-chat";
const REPLY = "tthc-reply";

/** Return the tag this script came by; a page that loads it as a module tells nothing, so its address is looked for. */
function ownTag(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current.src ? current : null;
  return document.querySelector<HTMLScriptElement>('script[src*="widget.js"]');
}

function mount(tag: HTMLScriptElement): void {
  const options = optionsOf(tag);
  const add = (): void => {
    if (!document.querySelector(CHAT)) document.body.append(Object.assign(document.createElement(CHAT), { options }));
  };
  if (document.body) add();
  else document.addEventListener("DOMContentLoaded", add, { once: true });
}

if (!customElements.get(CHAT)) {
  customElements.define(CHAT, Chat);
  customElements.define(REPLY, ReplyPreview);
}
const tag = ownTag();
if (tag) mount(tag);
