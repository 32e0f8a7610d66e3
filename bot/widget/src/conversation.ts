// The conversation of one citizen with the assistant: what is kept, sent and heard, behind the few verbs of the chat.

import { Api, SessionOver, Unreachable } from "./api";
import type { Button, Message } from "./contract";
import { Listener } from "./listener";
import type { Language, Options } from "./options";
import { Outbox } from "./outbox";
import { masked } from "./private";
import { type Entry, type Kept, merge, Store, type Thumb } from "./store";

export class Conversation {
  private readonly store: Store;
  private readonly outbox: Outbox;
  private readonly listener: Listener;
  private readonly api: Api;
  private beginning: Promise<string> | null = null;
  private shown = false;
  up = true; // the server was reached the last time

  constructor(
    private readonly options: Options,
    private readonly language: () => Language,
    private readonly changed: () => void,
  ) {
    this.api = new Api(options.base);
    this.store = new Store(`tthc ${options.base.href} ${options.unit}`, changed);
    this.outbox = new Outbox(this.api, this.store, this);
    this.listener = new Listener(this.api, {
      place: () => this.kept,
      heard: (messages) => this.heard(messages),
      reached: (up) => this.reached(up),
      over: (session) => this.over(session),
    });
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.reached(false));
    document.addEventListener("visibilitychange", () => this.listen());
  }

  /** What is kept of the conversation. */
  get kept(): Kept {
    return this.store.read();
  }

  get tooFast(): boolean {
    return this.outbox.tooFast;
  }

  /** Go on where an earlier page stopped. */
  async resume(): Promise<void> {
    this.outbox.adopt();
    void this.deleteRest();
    if (this.kept.session) await this.replay().catch(() => undefined);
  }

  /** The chat is opened or closed: what comes unasked is listened to while it is open. */
  show(shown: boolean): void {
    this.shown = shown;
    if (shown) {
      void this.session().then(() => this.listen(), (error: unknown) => this.reached(!(error instanceof Unreachable)));
      if (this.kept.news) this.store.update((kept) => void (kept.news = false));
    } else this.listen();
  }

  /** Say `text`, and with it what a tapped button stands for. */
  ask(text: string, button?: Button): void {
    const last = this.kept.entries[this.kept.entries.length - 1];
    const said = masked(text, Boolean(last?.reply?.awaits));
    const entry: Entry = { id: newId(), said, at: Date.now(), waiting: true };
    if (said !== text) entry.masked = true;
    if (button?.choice) entry.choice = button.choice;
    if (button?.aspects.length) entry.aspects = button.aspects;
    this.store.update((kept) => void kept.entries.push(entry));
    this.outbox.put(entry, text);
  }

  /** Put the question `id` again, which the assistant could not answer. */
  again(id: string): void {
    this.store.entry(id, (entry) => {
      entry.waiting = true;
      delete entry.trouble;
      delete entry.reply;
    });
    this.outbox.adopt();
  }

  /** Change how the entry `id` is shown: its ticks, whether it is unfolded. */
  mark(id: string, change: (entry: Entry) => void): void {
    this.store.entry(id, change);
  }

  /** Tell what the citizen thinks of the reply to the entry `id`. */
  async rate(id: string, thumb: Thumb, comment: string): Promise<void> {
    this.store.entry(id, (entry) => void (entry.thumb = thumb));
    const entry = this.kept.entries.find((one) => one.id === id);
    if (entry?.seq !== undefined && this.kept.session) await this.api.feedback(this.kept.session, entry.seq, thumb, comment);
  }

  /** Delete the conversation: here at once, on the server as soon as it is reached. */
  async forget(): Promise<void> {
    this.listener.want(false);
    this.store.update((kept) => {
      const toDelete = kept.session ? [...kept.toDelete, kept.session] : kept.toDelete;
      Object.assign(kept, { session: "", after: 0, entries: [], news: false, toDelete });
    });
    await this.deleteRest();
    if (this.shown) this.show(true);
  }

  /** Try at once whatever waits for the server. */
  hurry(): void {
    this.outbox.hurry();
    this.listener.hurry();
    void this.deleteRest();
    if (this.shown) this.show(true);
    if (this.kept.session) void this.replay().catch(() => undefined);
  }

  async session(): Promise<string> {
    if (this.kept.session) return this.kept.session;
    this.beginning ??= this.begin().finally(() => void (this.beginning = null));
    return this.beginning;
  }

  over(session: string): void {
    if (!session || this.kept.session !== session) return; // another tab has begun a new one already
    this.store.update((kept) => {
      kept.session = "";
      kept.after = 0;
      for (const entry of kept.entries) delete entry.seq;
    });
    this.listener.want(false);
  }

  reached(up: boolean): void {
    if (this.up === up) return;
    this.up = up;
    this.changed();
  }

  arrived(seq: number | undefined): void {
    if (seq === undefined) return;
    if (seq <= this.kept.after + 1) this.store.update((kept) => void (kept.after = Math.max(kept.after, seq)));
    else void this.replay().catch(() => undefined); // something came before it that is not here
    this.listen();
  }

  private async begin(): Promise<string> {
    const begun = async (): Promise<string> => {
      if (this.kept.session) return this.kept.session; // another tab was first
      const { session, lasts, contact, unit, greeting } = await this.api.begin(this.options.unit, this.language());
      this.store.update((kept) => Object.assign(kept, { session, lasts, contact, unit, greeting, after: 0 }));
      this.reached(true);
      return session;
    };
    return navigator.locks ? navigator.locks.request("tthc session", begun) : begun();
  }

  private listen(): void {
    this.listener.want(this.shown && !document.hidden && this.kept.entries.length > 0);
  }

  /** Fetch what was missed. */
  private async replay(): Promise<void> {
    const { session, after } = this.kept;
    try {
      const messages = await this.api.after(session, after);
      if (this.kept.session === session) this.heard(messages);
    } catch (error) {
      if (error instanceof SessionOver) this.over(session);
      throw error;
    }
  }

  private heard(messages: Message[]): void {
    if (!messages.length) return;
    this.store.update((kept) => {
      for (const message of messages) {
        if (merge(kept, message) && !this.shown) kept.news = true;
        kept.after = Math.max(kept.after, message.seq);
      }
    });
  }

  private async deleteRest(): Promise<void> {
    for (const session of this.kept.toDelete) {
      try {
        await this.api.forget(session);
      } catch {
        return; // later: at the next page, or when the connection is back
      }
      this.store.update((kept) => void (kept.toDelete = kept.toDelete.filter((one) => one !== session)));
    }
  }
}

/** Return an id for a message; 22 of the characters the server takes. */
function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(16)); // randomUUID wants https
  return btoa(String.fromCharCode(...random)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
