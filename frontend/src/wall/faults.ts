// What is wrong at the moment, kept until it is mended.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {type Language, translate, type Word} from '../i18n';
import type {MapFault} from '../map/health';
import type {Fault} from './fault-band';

export type FaultKind = MapFault | 'server';

const words: Readonly<Record<FaultKind, Word>> = {
  server: 'faultServer',
  start: 'faultStart',
  tiles: 'faultTiles',
  context: 'faultContext',
};

export class Faults implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #details = new Map<FaultKind, string>();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#details.clear();
  }

  set(kind: FaultKind, error: unknown): void {
    this.#details.set(kind, error instanceof Error ? error.message : String(error));
    this.#host.requestUpdate();
  }

  clear(kind: FaultKind): void {
    if (this.#details.delete(kind)) this.#host.requestUpdate();
  }

  /** The faults in words. */
  texts(language: Language): Fault[] {
    return [...this.#details].map(([kind, detail]) => ({text: translate(language, words[kind]), detail}));
  }
}
