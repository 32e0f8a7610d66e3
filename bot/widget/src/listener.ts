// Hears what comes unasked: by a stream, or by asking now and then where something on the way holds streams back.

import { type Api, SessionOver } from "./api";
import type { Message } from "./contract";
import { Pause } from "./pause";

const ASKED_EVERY = 30_000; // milliseconds

export interface Hearing {
  /** Where the conversation stands: its session ("" when there is none) and the last seq that is here. */
  place(): { session: string; after: number };
  heard(messages: Message[]): void;
  reached(up: boolean): void;
  over(session: string): void;
}

export class Listener {
  private stopped: AbortController | null = null;
  private held = false; // streams do not come through here
  private readonly pause = new Pause();

  constructor(
    private readonly api: Api,
    private readonly hearing: Hearing,
  ) {}

  /** Listen while `wanted` and there is a session. */
  want(wanted: boolean): void {
    if (wanted && this.hearing.place().session) {
      if (!this.stopped) void this.run((this.stopped = new AbortController()).signal);
    } else {
      this.stopped?.abort();
      this.stopped = null;
      this.pause.end();
    }
  }

  /** Try again at once. */
  hurry(): void {
    this.pause.end();
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.hearing.place().session) {
      const { session, after } = this.hearing.place();
      let alive = false;
      try {
        if (this.held) {
          this.hearing.heard(await this.api.after(session, after));
          this.hearing.reached(true);
          await this.pause.begin(ASKED_EVERY);
          continue;
        }
        await this.api.listen(session, after, signal, (message) => this.hearing.heard([message]), () => {
          if (!alive) this.hearing.reached(true);
          alive = true;
          this.pause.reset();
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SessionOver) {
          this.hearing.over(session);
          return this.want(false);
        }
        if (!alive && !this.held) await this.learn(session, after);
      }
      await this.pause.begin();
    }
  }

  /** A stream brought nothing: when asking works, streams are held back here; else the server is out of reach. */
  private async learn(session: string, after: number): Promise<void> {
    try {
      this.hearing.heard(await this.api.after(session, after));
      this.held = true;
      this.hearing.reached(true);
    } catch {
      this.hearing.reached(false);
    }
  }
}
