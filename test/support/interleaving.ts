import { AsyncLocalStorage } from "node:async_hooks";
import { table, tableOnce } from "@imagetotext/core/table";

/**
 * Runs several pieces of work at once, in an order that a seed decides. Each stops before every call to
 * the table until it is its turn, so that exactly one of them moves at a time. A piece of work can be
 * made to die at a call, as a process does: it never returns.
 */

/** What befalls a piece of work at its nth call to the table (1 is the first). */
export type Mishap = {
  kind: "dies" | "fails";
  call: number;
  /** Whether the call was carried out by then. */
  when: "before" | "after";
};

/** Numbers in 0..1 that depend on the seed alone. */
export function randomFrom(seed: number): () => number {
  // mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One piece of work, and how far it is. */
export class Actor {
  readonly name: string;
  readonly mishap: Mishap | undefined;
  /** The calls that were carried out, answered or not. */
  readonly carriedOut: { command: string; input: object }[] = [];
  calls = 0;
  isOver = false;
  /** Lets it go on. */
  #go = Promise.withResolvers<void>();
  /** It waits for its turn, or is over. */
  #still = Promise.withResolvers<void>();

  constructor(name: string, mishap: Mishap | undefined) {
    this.name = name;
    this.mishap = mishap;
  }

  /** Lets it move up to its next call or its end. */
  async move(): Promise<void> {
    this.#still = Promise.withResolvers();
    const go = this.#go;
    this.#go = Promise.withResolvers();
    go.resolve();
    await this.#still.promise;
  }

  async waitForTurn(): Promise<void> {
    const { promise } = this.#go;
    this.#still.resolve();
    await promise;
  }

  /** From here on it does nothing: a dead process never returns. */
  end(): void {
    this.isOver = true;
    this.#still.resolve();
  }

  async suffer(when: Mishap["when"]): Promise<void> {
    const { mishap } = this;
    if (mishap?.call !== this.calls || mishap.when !== when) return;
    if (mishap.kind === "fails") throw new Error("connection lost");
    this.end();
    await new Promise(() => {});
  }
}

const current = new AsyncLocalStorage<Actor>();

/**
 * Puts every call to the table that an actor makes into the interleaving's hands.
 * @param isFree says which calls need no turn, because nothing depends on when they are made
 * @returns a function that lets go of the table
 */
export function watchTable(isFree: (input: object) => boolean): () => void {
  const clients = [table(), tableOnce()];
  for (const client of clients) {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const actor = current.getStore();
        if (!actor || isFree(args.input)) return next(args);
        actor.calls++;
        await actor.waitForTurn();
        await actor.suffer("before");
        const result = await next(args);
        actor.carriedOut.push({ command: String(context.commandName), input: args.input });
        await actor.suffer("after");
        return result;
      },
      { step: "initialize", name: "interleaving" },
    );
  }
  return () => {
    for (const client of clients) client.middlewareStack.remove("interleaving");
  };
}

export class Interleaving {
  readonly #random: () => number;
  readonly #actors: Actor[] = [];
  readonly #failures: unknown[] = [];
  /** Who was moved, in order: a failing test shows it. */
  readonly trace: string[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds work, which begins when it is first moved. */
  add(name: string, work: () => Promise<void>, mishap?: Mishap): Actor {
    const actor = new Actor(name, mishap);
    this.#actors.push(actor);
    void current.run(actor, async () => {
      await actor.waitForTurn();
      await work().catch((error) => this.#failures.push(error));
      actor.end();
    });
    return actor;
  }

  /** Ends all work that has begun, as the platform does when its time is up. */
  killAll(): void {
    this.trace.push("KILL");
    for (const actor of this.#alive()) if (actor.calls > 0) actor.end();
  }

  /**
   * Moves the actors in turns until none is left.
   * @param between is called before each move, and may turn the clock
   * @throws whatever the work of an actor has thrown
   */
  async run(between: () => void): Promise<void> {
    for (;;) {
      between();
      const alive = this.#alive();
      const actor = alive[Math.floor(this.#random() * alive.length)];
      if (!actor) break;
      this.trace.push(actor.name);
      await actor.move();
    }
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #alive(): Actor[] {
    return this.#actors.filter(({ isOver }) => !isOver);
  }
}
