// Questions that a server may have no answer to: the page then goes without that part.

import {RequestError} from '../api';

/** What was refused is asked again after so long. */
const againMs = 15_000;

export class OptionalParts {
  readonly #refused = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The answer, or null where the server refuses it; a server that does not answer at all throws. */
  async ask<T>(part: string, question: () => Promise<T>): Promise<T | null> {
    const refused = this.#refused.get(part);
    if (refused !== undefined && this.#now() - refused < againMs) return null;
    try {
      const answer = await question();
      this.#refused.delete(part);
      return answer;
    } catch (error) {
      if (!(error instanceof RequestError) || error.status === 0) throw error;
      this.#refused.set(part, this.#now());
      return null;
    }
  }
}
