// <tthc-reply>: one reply alone, as the chat shows it. Staff read it in a preview before they publish.

import { html, LitElement, unsafeCSS } from "lit";
import { asReply } from "./contract";
import replySheet from "./reply.css";
import { shownReply } from "./reply";
import { WORDS } from "./words/words";

export class ReplyPreview extends LitElement {
  static override styles = unsafeCSS(`:host{display:block}${replySheet}`);
  private value: unknown = null;

  /** The reply as the API writes it. */
  set reply(value: unknown) {
    this.value = value;
    this.requestUpdate();
  }

  override render(): unknown {
    const reply = asReply(this.value);
    if (!reply) return null;
    const view = { words: WORDS.vi, ticks: [], folded: false, tick: () => undefined };
    const buttons = reply.buttons.map(({ text }) => html`<button type="button">${text}</button>`);
    return html`<article class="tthc answer">${shownReply(reply, view)}<div class="suggestions">${buttons}</div></article>`;
  }
}
