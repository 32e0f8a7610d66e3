// <tthc-chat>: the button at the edge of a site and the chat it opens, or, with data-open="page", the chat as the whole page.

import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from "lit";
import { repeat } from "lit/directives/repeat.js";
import chatSheet from "./chat.css";
import { colourRules } from "./colour";
import type { Button, Reply } from "./contract";
import { Conversation } from "./conversation";
import { BUBBLE, CROSS, DOWN, UP } from "./icons";
import type { Language, Options } from "./options";
import { plainText, print, save } from "./paper";
import { firstBlocks, shownReply } from "./reply";
import replySheet from "./reply.css";
import { cut, type Entry, type Thumb } from "./store";
import { type Words, WORDS } from "./words/words";

const NOT_THIS = "Không đúng câu tôi hỏi"; // what the assistant understands, in whichever language the interface is
const RATED = ["answer", "dossier", "statistics"]; // kinds of replies that can be rated and taken along
const LONGEST_COMMENT = 500; // characters, as the server takes
const OPENED = "tthc-opened"; // in sessionStorage: this tab had the chat open
const LANGUAGE = "tthc-language";
const SMALL = "(max-width: 30rem), (max-height: 30rem)"; // the chat takes the whole window

export class Chat extends LitElement {
  static override styles = [unsafeCSS(chatSheet), unsafeCSS(replySheet)];
  options!: Options;
  private conversation!: Conversation;
  private language: Language = "vi";
  private opened = false;
  private settled = false; // what is shown is history until then: it is not read out
  private sheet: "privacy" | "forget" | null = null;
  private commenting: string | null = null; // the entry a comment is written on
  private told = ""; // said to screen readers, such as that something is copied
  private last = ""; // the entry that was shown last
  private readonly small = matchMedia(SMALL);

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.conversation) return; // moved within the page
    const { options } = this;
    const kept = remembered(LANGUAGE);
    this.language = kept === "vi" || kept === "en" ? kept : options.language;
    this.classList.toggle("left", options.left);
    this.classList.toggle("page", options.page);
    if (options.colour) this.colour(options.colour);
    this.conversation = new Conversation(options, () => this.language, () => this.requestUpdate());
    this.small.addEventListener("change", () => this.opened && this.unveil());
    document.addEventListener("keydown", (event) => this.escape(event));
    void this.conversation.resume();
    if (options.page || (options.open && !this.small.matches) || remembered(OPENED)) void this.open(options.page && matchMedia("(pointer: fine)").matches);
  }

  private get words(): Words {
    return WORDS[this.language];
  }

  private find<T extends HTMLElement>(name: string): T | null {
    return this.renderRoot.querySelector<T>(name);
  }

  private colour(hex: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(colourRules(hex));
    const root = this.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  // --- Opening and closing

  private async open(focus = true): Promise<void> {
    this.opened = true;
    remember(OPENED, "1");
    this.requestUpdate();
    await this.updateComplete;
    this.unveil();
    this.toEnd();
    if (focus) this.find("textarea")?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      this.settled = true;
      this.requestUpdate();
    });
    this.conversation.show(true);
    const asked = this.options.page ? questionOfAddress() : "";
    if (asked) this.ask(asked);
  }

  /** Show the chat beside the page, or over all of it where there is little room: what lies below cannot be reached then. */
  private unveil(): void {
    const panel = this.find<HTMLDialogElement>("dialog");
    if (!panel) return;
    const before = this.shadowRoot?.activeElement ?? document.activeElement;
    if (panel.open) panel.close();
    if (this.small.matches) panel.showModal();
    else panel.show();
    // A dialog takes the focus; whoever opened it decides.
    if (before instanceof HTMLElement && before !== document.body) before.focus({ preventScroll: true });
    else (this.shadowRoot?.activeElement as HTMLElement | null)?.blur();
  }

  private close(): void {
    this.opened = false;
    this.settled = false;
    this.sheet = null;
    remember(OPENED, "");
    this.find<HTMLDialogElement>("dialog")?.close();
    this.conversation.show(false);
    this.requestUpdate();
    void this.updateComplete.then(() => this.find<HTMLElement>(".launch")?.focus());
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.opened || event.isComposing || !event.composedPath().includes(this)) return;
    event.preventDefault();
    if (this.sheet) this.unfoldSheet(null);
    else if (!this.options.page) this.close();
  }

  /** The back gesture of a phone: as Escape. */
  private back(event: Event): void {
    event.preventDefault();
    if (this.sheet) this.unfoldSheet(null);
    else if (this.opened) this.close();
  }

  // --- Talking

  private ask(text: string, button?: Button): void {
    const said = text.trim();
    if (said) this.conversation.ask(said, button);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const box = this.find<HTMLTextAreaElement>("textarea");
    if (!box) return;
    this.ask(box.value);
    box.value = "";
    if (matchMedia("(pointer: coarse)").matches) box.blur(); // the keyboard on the screen would hide the answer
    else box.focus({ preventScroll: true });
  }

  private typed(event: KeyboardEvent): void {
    // While a Vietnamese input method is still composing a word, Enter is its own.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.submit(event);
  }

  private tell(text: string): void {
    this.told = text;
    this.requestUpdate();
  }

  private async copy(reply: Reply, entry: Entry): Promise<void> {
    try {
      await navigator.clipboard.writeText(plainText(reply, entry.ticks ?? []));
      this.tell(this.words.copied);
    } catch {
      this.tell(this.words.notCopied);
    }
  }

  private rate(entry: Entry, thumb: Thumb): void {
    this.commenting = entry.id;
    this.send(entry, thumb, "");
  }

  private send(entry: Entry, thumb: Thumb, comment: string): void {
    this.conversation.rate(entry.id, thumb, comment).then(
      () => this.tell(this.words.thanked),
      () => this.tell(this.words.notThanked),
    );
  }

  private comment(event: Event, entry: Entry): void {
    event.preventDefault();
    const box = this.find<HTMLTextAreaElement>(".comment textarea");
    const comment = box?.value.trim() ?? "";
    if (comment && entry.thumb) this.send(entry, entry.thumb, comment);
    this.commenting = null;
    this.requestUpdate();
    this.focusEntry(entry.id);
  }

  private focusEntry(id: string): void {
    void this.updateComplete.then(() => this.find<HTMLElement>(`[data-entry="${CSS.escape(id)}"] .thumbs button`)?.focus());
  }

  private tick(entry: Entry, key: string, ticked: boolean): void {
    this.conversation.mark(entry.id, (kept) => {
      kept.ticks = (kept.ticks ?? []).filter((one) => one !== key).concat(ticked ? key : []);
    });
  }

  private unfoldSheet(sheet: "privacy" | "forget" | null): void {
    const before = this.sheet;
    this.sheet = sheet;
    this.requestUpdate();
    void this.updateComplete.then(() => this.find<HTMLElement>(sheet ? ".sheet" : `.bar [data-sheet="${before ?? ""}"], .notice [data-sheet="${before ?? ""}"]`)?.focus());
  }

  private async forget(): Promise<void> {
    this.unfoldSheet(null);
    this.commenting = null;
    await this.conversation.forget();
    this.tell(this.words.forgotten);
  }

  private switchLanguage(): void {
    this.language = this.language === "vi" ? "en" : "vi";
    remember(LANGUAGE, this.language);
    this.requestUpdate();
  }

  // --- Scrolling

  private toEnd(): void {
    const scroller = this.find(".scroll");
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  protected override updated(): void {
    const { entries } = this.conversation.kept;
    const entry = entries[entries.length - 1];
    const state = entry ? `${entry.id} ${entry.waiting}` : "";
    if (state === this.last || !this.opened) return;
    const first = this.last === "" && !this.settled;
    this.last = state;
    if (!entry || first || entry.waiting) return this.toEnd();
    const shown = this.find<HTMLElement>(`[data-entry="${CSS.escape(entry.id)}"]`);
    const scroller = this.find(".scroll");
    if (shown && scroller) scroller.scrollTop += shown.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
  }

  // --- What is shown

  override render(): unknown {
    if (!this.conversation) return nothing;
    const { page } = this.options;
    if (page) return html`<main class="tthc panel" lang=${this.language}>${this.inside()}</main>`;
    return html`<div class="tthc" lang=${this.language}>${this.opened ? nothing : this.launcher()}
      <dialog class="panel" aria-labelledby="title" @cancel=${(event: Event) => this.back(event)}>${this.opened ? this.inside() : nothing}</dialog>
    </div>`;
  }

  private launcher(): TemplateResult {
    const { news } = this.conversation.kept;
    const words = news ? this.words.launchNews : this.words.launch;
    return html`<button class="launch ${news ? "news" : ""}" type="button" aria-haspopup="dialog" @click=${() => this.open()}>${BUBBLE}<span>${words}</span></button>`;
  }

  private inside(): TemplateResult {
    const { words } = this;
    const waiting = this.conversation.kept.entries.some((entry) => entry.waiting);
    return html`${this.bar()}
      <p class="notice">${words.notice} ${words.answersIn} <button type="button" data-sheet="privacy" class="plain" @click=${() => this.unfoldSheet("privacy")}>${words.privacy}</button></p>
      ${this.sheet ? this.shownSheet() : nothing}
      <div class="scroll">
        <div role="log" tabindex="0" aria-label=${words.log} aria-live=${this.settled ? "polite" : "off"}>
          ${this.options.page ? html`<h2 class="for-readers">${words.log}</h2>` : nothing}${this.entries()}
        </div>
        <div class="typing" role="status">${waiting && this.conversation.up ? this.typing() : nothing}</div>
      </div>
      <div role="status">${this.conversation.up ? nothing : this.offline()}</div>
      <div class="for-readers" role="status">${this.told}</div>
      ${this.composer()}`;
  }

  private bar(): TemplateResult {
    const { words, options } = this;
    const title = options.page ? html`<h1 id="title">${words.title}</h1>` : html`<h2 id="title">${words.title}</h2>`;
    const other: Language = this.language === "vi" ? "en" : "vi";
    return html`<header class="bar">
      ${title}
      <div class="bar-tools">
        <button type="button" aria-label=${words.switchTo} lang=${other} @click=${() => this.switchLanguage()}>${words.switchShort}</button>
        <button type="button" data-sheet="forget" aria-label=${words.forget} @click=${() => this.unfoldSheet("forget")}>${words.forgetShort}</button>
        ${options.page ? nothing : html`<button type="button" class="close" aria-label=${words.closeLong} @click=${() => this.close()}>${CROSS}</button>`}
      </div>
    </header>`;
  }

  private shownSheet(): TemplateResult {
    const { words } = this;
    if (this.sheet === "privacy") {
      return html`<section class="sheet" tabindex="-1" aria-label=${words.privacy}>
        <h3>${words.privacy}</h3>
        <ul class="bullets" role="list">${words.privacyItems.map((item) => html`<li>${item}</li>`)}</ul>
        <div class="suggestions"><button type="button" @click=${() => this.unfoldSheet(null)}>${words.close}</button></div>
      </section>`;
    }
    return html`<section class="sheet" role="alertdialog" tabindex="-1" aria-label=${words.forget} aria-describedby="forget">
      <p id="forget">${words.forgetAsk}</p>
      <div class="suggestions">
        <button type="button" @click=${() => this.forget()}>${words.forgetYes}</button>
        <button type="button" @click=${() => this.unfoldSheet(null)}>${words.forgetNo}</button>
      </div>
    </section>`;
  }

  private entries(): unknown {
    const { entries } = this.conversation.kept;
    return html`${this.greeting()}${repeat(entries, (entry) => entry.id, (entry) => this.shownEntry(entry, entry === entries[entries.length - 1]))}`;
  }

  private greeting(): TemplateResult {
    const { words, options } = this;
    const { greeting, unit, entries } = this.conversation.kept;
    const served = this.language === options.language ? greeting : ""; // the server greets in the language the session began in
    return html`<article class="answer">
      <p>${options.greeting || served || words.welcome}</p>
      ${unit ? html`<p class="quiet">${words.unit(unit)}</p>` : nothing}
      ${entries.length ? nothing : html`<p>${words.examplesLead}</p>${this.suggestions(words.examples.map((text) => ({ text, choice: "", aspects: [] })))}`}
    </article>`;
  }

  private shownEntry(entry: Entry, latest: boolean): TemplateResult {
    const said = entry.said === null ? nothing : html`<p class="question"><span class="for-readers">${this.words.citizen} </span>${cut(entry.said)}</p>`;
    return html`<div class="turn" data-entry=${entry.id}>${said}${entry.reply ? this.answer(entry, entry.reply, latest) : nothing}${this.trouble(entry)}</div>`;
  }

  private answer(entry: Entry, reply: Reply, latest: boolean): TemplateResult {
    const { words } = this;
    const long = firstBlocks(reply) < reply.blocks.length;
    const folded = long && !entry.unfolded;
    const view = { words, ticks: entry.ticks ?? [], folded, tick: (key: string, ticked: boolean) => this.tick(entry, key, ticked) };
    const fold = (): void => this.conversation.mark(entry.id, (kept) => void (kept.unfolded = folded));
    const more = html`<button type="button" class="plain fold" aria-expanded=${!folded} @click=${fold}>${folded ? words.more : words.less}</button>`;
    return html`<article class="answer" lang="vi">
      <span class="for-readers" lang=${this.language}>${words.assistant} </span>${shownReply(reply, view)}${long ? more : nothing}
      ${RATED.includes(reply.kind) ? this.tools(entry, reply) : nothing}${this.suggestions(reply.buttons, latest && reply.kind === "answer")}
    </article>`;
  }

  private tools(entry: Entry, reply: Reply): TemplateResult {
    const { words } = this;
    const ticks = entry.ticks ?? [];
    const thumb = (value: Thumb, name: string, icon: unknown): TemplateResult =>
      html`<button type="button" aria-label=${name} title=${name} aria-pressed=${entry.thumb === value} @click=${() => this.rate(entry, value)}>${icon}</button>`;
    return html`<div class="tools" role="group" aria-label=${words.tools} aria-live="off" lang=${this.language}>
        <button type="button" @click=${() => this.copy(reply, entry)}>${words.copy}</button>
        <button type="button" aria-label=${words.saveLong} @click=${() => save(reply, ticks)}>${words.save}</button>
        <button type="button" aria-label=${words.printLong} @click=${() => print(reply, ticks, words)}>${words.print}</button>
        ${entry.seq === undefined ? nothing : html`<span class="thumbs">${thumb("up", words.good, UP)}${thumb("down", words.bad, DOWN)}</span>`}
      </div>
      ${this.commenting === entry.id ? this.commentForm(entry) : nothing}`;
  }

  private commentForm(entry: Entry): TemplateResult {
    const { words } = this;
    const skip = (): void => {
      this.commenting = null;
      this.requestUpdate();
      this.focusEntry(entry.id);
    };
    return html`<form class="comment" aria-live="off" lang=${this.language} @submit=${(event: Event) => this.comment(event, entry)}>
      <label for="comment">${words.comment}</label>
      <textarea id="comment" rows="2" maxlength=${LONGEST_COMMENT}></textarea>
      <div class="suggestions">
        <button type="submit">${words.sendComment}</button>
        <button type="button" @click=${skip}>${words.skipComment}</button>
      </div>
    </form>`;
  }

  private suggestions(buttons: Button[], wrong = false): unknown {
    const { words } = this;
    if (!buttons.length && !wrong) return nothing;
    const made = buttons.map((button) => html`<button type="button" lang="vi" @click=${() => this.ask(button.text, button)}>${button.text}</button>`);
    const notThis = html`<button type="button" class="plain" lang=${this.language} @click=${() => this.ask(NOT_THIS)}>${words.notThis}</button>`;
    return html`<div class="suggestions" role="group" aria-label=${words.suggestions}>${made}${wrong ? notThis : nothing}</div>`;
  }

  private trouble(entry: Entry): unknown {
    const { words } = this;
    if (entry.waiting) return this.conversation.up && !this.conversation.tooFast ? nothing : html`<p class="quiet">${this.conversation.up ? words.tooFast : words.waiting}</p>`;
    if (!entry.trouble) return nothing;
    const again = html`<div class="suggestions"><button type="button" @click=${() => this.conversation.again(entry.id)}>${words.retry}</button></div>`;
    if (entry.trouble === "error") return again;
    return html`<div class="answer failure"><p>${words[entry.trouble]}</p></div>`;
  }

  private typing(): TemplateResult {
    return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span>${this.words.typing}</span>`;
  }

  private offline(): TemplateResult {
    const { words } = this;
    const { contact } = this.conversation.kept;
    const hotlines = contact?.hotlines.join(words.or);
    return html`<div class="offline">
      <p>${words.offline} ${hotlines ? words.hotline(hotlines) : nothing} ${contact?.hours ? words.hours(contact.hours) : nothing}</p>
      <button type="button" @click=${() => this.conversation.hurry()}>${words.retryNow}</button>
    </div>`;
  }

  private composer(): TemplateResult {
    const { words } = this;
    return html`<form class="composer" autocomplete="off" @submit=${(event: Event) => this.submit(event)}>
      <label for="message" class="for-readers">${words.label}</label>
      <textarea id="message" rows="1" enterkeyhint="send" placeholder=${words.placeholder} @keydown=${(event: KeyboardEvent) => this.typed(event)}></textarea>
      <button type="submit">${words.send}</button>
    </form>`;
  }
}

/** Return the question in the page's address (`/?q=...`), once: a reload does not ask it again, and the history does not hold it. */
function questionOfAddress(): string {
  const address = new URL(location.href);
  const asked = address.searchParams.get("q") ?? "";
  if (!asked) return "";
  address.searchParams.delete("q");
  history.replaceState(null, "", address);
  return asked;
}

function remembered(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // the browser stores nothing here
  }
}

function remember(name: string, value: string): void {
  try {
    if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  } catch {
    // The browser stores nothing here: forgotten with the page.
  }
}
