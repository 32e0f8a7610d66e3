// The pause before another try: longer each time, never the same for everyone, ended at once when there is reason to hope.

const FIRST = 800; // milliseconds
const LONGEST = 30_000; // milliseconds

export class Pause {
  private tries = 0;
  private wake: () => void = () => undefined;

  /** Wait, at least `least` milliseconds, unless `end` is called meanwhile. */
  async begin(least = 0): Promise<void> {
    const most = Math.min(LONGEST, FIRST * 2 ** this.tries);
    this.tries += 1;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, Math.max(least, most * (0.5 + Math.random() / 2)));
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** End the pause that is under way. */
  end(): void {
    this.tries = 0;
    this.wake();
  }

  /** Begin with short pauses again. */
  reset(): void {
    this.tries = 0;
  }
}
