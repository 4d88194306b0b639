/** Bounds on how much happens at a time. */

/**
 * Runs work on every item, at most so many at a time; the first failure stops the rest.
 * @template T
 * @param {T[]} items @param {number} most @param {(item: T, index: number) => Promise<void>} work
 */
export async function inParallel(items, most, work) {
  let next = 0;
  let failed = false;
  const run = async () => {
    while (!failed && next < items.length) {
      const index = next++;
      try {
        await work(items[index], index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, run));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** So many at a time over all callers, first come, first served. */
export class Slots {
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {number} free */
  constructor(free) {
    this.free = free;
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async run(work) {
    if (this.free > 0) this.free -= 1;
    else await new Promise((/** @type {(value?: unknown) => void} */ resolve) => this.#waiting.push(() => resolve()));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
