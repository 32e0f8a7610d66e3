// What the browser keeps of the conversation: in localStorage, for all pages and tabs of the site, until the session ends.
//
// Every change reads what is kept afresh, so that two tabs do not undo each other's; the other tabs hear of it by the storage event.
// Where the browser stores nothing, the conversation lives as long as the page.

import { asContact, asReply, type Contact, type Message, type Reply } from "./contract";

export type Trouble = "tooLong" | "refused" | "notHere" | "rewrite" | "error";
export type Thumb = "up" | "down";

/** One question with its reply, or a reply that came unasked (`said` is null). */
export interface Entry {
  id: string;
  said: string | null;
  choice?: string;
  aspects?: string[];
  at: number; // milliseconds since 1970
  waiting: boolean; // for its reply
  masked?: boolean; // `said` is not the whole of it: that is in memory alone
  seq?: number; // in the session of today; without it the server knows of the entry no more
  reply?: Reply;
  trouble?: Trouble;
  ticks?: string[]; // "block-item" of the papers that are ticked
  unfolded?: boolean;
  thumb?: Thumb;
}

export interface Kept {
  session: string;
  lasts: number; // milliseconds from the last use
  until: number; // milliseconds since 1970
  after: number; // every message up to this seq is here
  entries: Entry[];
  contact: Contact | null;
  unit: string;
  greeting: string;
  news: boolean; // something came unasked that nobody has seen
  toDelete: string[]; // sessions that the server is still to be told to delete
}

const MOST_ENTRIES = 50; // as many as the server keeps
const LONGEST_KEPT = 1000; // characters of what a citizen said, once it is answered
const LASTS = 24 * 3600 * 1000; // milliseconds, before a server has said how long

function nothing(): Kept {
  return { session: "", lasts: 0, until: 0, after: 0, entries: [], contact: null, unit: "", greeting: "", news: false, toDelete: [] };
}

/** Return what `value`, read from the browser's storage, holds of a conversation: the site, too, can write there. */
function restored(value: unknown): Kept {
  const kept = nothing();
  const found = (typeof value === "object" && value !== null ? value : {}) as Partial<Record<keyof Kept, unknown>>;
  for (const name of ["session", "lasts", "until", "after", "unit", "greeting", "news"] as const) {
    if (typeof found[name] === typeof kept[name]) Object.assign(kept, { [name]: found[name] });
  }
  kept.contact = found.contact ? asContact(found.contact) : null;
  if (Array.isArray(found.toDelete)) kept.toDelete = found.toDelete.filter((one) => typeof one === "string");
  if (Array.isArray(found.entries)) kept.entries = found.entries.filter(isEntry).map((entry) => ({ ...entry, reply: asReply(entry.reply) ?? undefined }));
  return kept;
}

function isEntry(value: unknown): value is Entry {
  const { id, said, ticks } = (value ?? {}) as Partial<Entry>;
  return typeof id === "string" && (said === null || typeof said === "string") && (ticks === undefined || Array.isArray(ticks));
}

/** Return as much of what a citizen said as is kept and shown of it. */
export function cut(said: string): string {
  return said.length > LONGEST_KEPT ? `${said.slice(0, LONGEST_KEPT)}…` : said;
}

export class Store {
  private raw: string | null = null;
  private kept: Kept = nothing();

  constructor(
    private readonly key: string,
    private readonly changed: () => void,
  ) {
    addEventListener("storage", (event) => {
      if (event.key === key || event.key === null) this.changed();
    });
  }

  /** Return what is kept now; it is changed through `update` alone. */
  read(): Kept {
    try {
      const raw = localStorage.getItem(this.key);
      if (raw !== this.raw) {
        this.raw = raw;
        this.kept = raw ? restored(JSON.parse(raw)) : nothing();
      }
    } catch {
      // Nothing is stored here, or nothing that can be read: what is in memory counts.
    }
    if (this.kept.until && this.kept.until < Date.now()) this.kept = { ...nothing(), toDelete: this.kept.toDelete };
    return this.kept;
  }

  /** Change what is kept, here and in the other tabs. */
  update(change: (kept: Kept) => void): void {
    const kept = this.read();
    change(kept);
    if (kept.session || kept.entries.length) kept.until = Date.now() + (kept.lasts || LASTS);
    kept.entries = kept.entries.slice(-MOST_ENTRIES);
    this.kept = kept;
    try {
      this.raw = JSON.stringify(kept);
      localStorage.setItem(this.key, this.raw);
    } catch {
      this.raw = null; // full or turned off: memory alone
    }
    this.changed();
  }

  /** Change the entry `id`, when it is still there. */
  entry(id: string, change: (entry: Entry) => void): void {
    this.update((kept) => {
      const entry = kept.entries.find((one) => one.id === id);
      if (entry) change(entry);
    });
  }
}

/** Put `message` into `kept`: to the question it answers, or as something new before the questions that wait. Returns whether it is new. */
export function merge(kept: Kept, message: Message): boolean {
  const known = kept.entries.find((one) => (message.id !== null && one.id === message.id) || one.seq === message.seq);
  if (known) {
    answer(known, message.reply, message.seq);
    return false;
  }
  const entry: Entry = { id: message.id ?? `unasked-${message.seq}`, said: message.said, at: Date.now(), waiting: false };
  answer(entry, message.reply, message.seq);
  const place = kept.entries.findIndex((one) => one.waiting);
  kept.entries.splice(place < 0 ? kept.entries.length : place, 0, entry);
  return true;
}

/** Note that `reply` answers `entry`. */
export function answer(entry: Entry, reply: Reply, seq: number | undefined): void {
  entry.reply = reply;
  entry.seq = seq;
  entry.waiting = false;
  delete entry.trouble;
  if (entry.said !== null) entry.said = cut(entry.said);
}
