// Sends questions in their order, one at a time, again and again with the same id until the server has answered: it answers each id once.

import { type Api, Refused, SessionOver, TooFast, Unreachable } from "./api";
import { Pause } from "./pause";
import { answer, type Entry, type Store, type Trouble } from "./store";

const ABANDONED_AFTER = 30_000; // milliseconds: another tab that had put this question is gone
const TROUBLES: Record<number, Trouble> = { 403: "notHere", 413: "tooLong" };

export interface Sessions {
  /** Return the session, begun when there is none; raises Unreachable, TooFast or Refused. */
  session(): Promise<string>;
  /** Note that the server knows `session` no more. */
  over(session: string): void;
  /** Note whether the server is reached. */
  reached(up: boolean): void;
  /** Note that the reply `seq` has come. */
  arrived(seq: number | undefined): void;
}

export class Outbox {
  private readonly mine = new Set<string>(); // the questions put on this page
  private readonly whole = new Map<string, string>(); // what was said, where only a masked form of it is kept
  private readonly pause = new Pause();
  private sending = false;
  tooFast = false;

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly sessions: Sessions,
  ) {}

  /** Send `entry`, which is kept already; `text` is the whole of what was said. */
  put(entry: Entry, text: string): void {
    this.mine.add(entry.id);
    if (entry.masked) this.whole.set(entry.id, text);
    void this.drain();
  }

  /** Take over the questions that an earlier page left without a reply. */
  adopt(): void {
    for (const entry of this.store.read().entries) if (entry.waiting) this.mine.add(entry.id);
    void this.drain();
  }

  /** Try at once what waits for another try. */
  hurry(): void {
    this.pause.end();
    void this.drain();
  }

  private next(): Entry | undefined {
    const long = Date.now() - ABANDONED_AFTER;
    return this.store.read().entries.find((entry) => entry.waiting && (this.mine.has(entry.id) || entry.at < long));
  }

  private async drain(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let entry = this.next(); entry; entry = this.next()) {
        const wait = await this.deliver(entry);
        if (wait === undefined) this.pause.reset();
        else await this.pause.begin(wait);
      }
    } finally {
      this.sending = false;
    }
  }

  /** Send `entry` once; returns undefined when it is settled, or how many milliseconds to wait at least before it is sent again. */
  private async deliver(entry: Entry): Promise<number | undefined> {
    const text = this.whole.get(entry.id) ?? (entry.masked ? undefined : entry.said);
    if (text === undefined || text === null) return this.settle(entry.id, "rewrite");
    let session = "";
    try {
      session = await this.sessions.session();
      const { id, choice, aspects } = entry;
      const { reply, seq, failed } = await this.api.say(session, { id, text, choice, aspects });
      this.sessions.reached(true);
      this.tooFast = false;
      this.store.entry(entry.id, (kept) => {
        answer(kept, reply, seq);
        if (failed) kept.trouble = "error";
      });
      if (!failed) this.whole.delete(entry.id);
      this.sessions.arrived(seq);
      return undefined;
    } catch (error) {
      return this.failed(error, entry.id, session);
    }
  }

  private failed(error: unknown, id: string, session: string): number | undefined {
    if (error instanceof SessionOver) {
      this.sessions.over(session);
      return 0;
    }
    if (error instanceof TooFast) {
      this.tooFast = true;
      this.store.update(() => undefined);
      return error.pause;
    }
    if (error instanceof Refused) return this.settle(id, TROUBLES[error.status] ?? "refused");
    if (!(error instanceof Unreachable)) throw error;
    this.sessions.reached(false);
    return 0;
  }

  private settle(id: string, trouble: Trouble): undefined {
    this.store.entry(id, (entry) => {
      entry.waiting = false;
      entry.trouble = trouble;
    });
  }
}
