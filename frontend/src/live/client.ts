// The session as the page has it: in a worker, told what is wanted, and told what was drawn.

import type {FromWorker, ToWorker, Watch} from './protocol';

export class LiveClient {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), {type: 'module'});
  #frame: number | undefined;

  constructor(take: (message: FromWorker) => void) {
    this.#worker.addEventListener('message', ({data}: MessageEvent<FromWorker>) => {
      take(data);
      this.#frame ??= requestAnimationFrame(() => {
        this.#frame = undefined;
        this.#send({kind: 'drawn'});
      });
    });
  }

  watch(watch: Watch): void {
    this.#send({kind: 'watch', watch});
  }

  close(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
