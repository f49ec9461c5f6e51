// The feature whose card is open: found by a click, a key or the address, and read from the server.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {withSelection} from '../address';
import {api, type Item} from '../api';
import type {Pick} from '../map/picking';

/** What the wall does with a selection that changed; null means that nothing is picked. */
export type Selected = (item: Item | null) => void;

/** Holds the picked features and the item of one of them, and keeps the address in step. */
export class Selection implements ReactiveController {
  picks: readonly Pick[] = [];
  index = 0;
  item: Item | null = null;
  /** Why there is no item, or empty. */
  fault = '';

  readonly #host: ReactiveControllerHost;
  readonly #selected: Selected;
  #request: AbortController | null = null;

  constructor(host: ReactiveControllerHost, selected: Selected) {
    this.#host = host;
    this.#selected = selected;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#request?.abort();
  }

  get pick(): Pick | null {
    return this.picks[this.index] ?? null;
  }

  /** Opens the file of one of the picks; the answer to an earlier request is dropped. */
  async open(picks: readonly Pick[], index = 0): Promise<void> {
    this.#request?.abort();
    this.#request = new AbortController();
    const {signal} = this.#request;
    this.picks = picks;
    this.index = index;
    this.#show(null, '');
    const {pick} = this;
    history.replaceState(history.state, '', withSelection(location.hash, pick));
    if (!pick) return;
    try {
      const item = await api.item(pick.layer, pick.id, signal);
      if (!signal.aborted) this.#show(item, '');
    } catch (error) {
      if (!signal.aborted) this.#show(null, error instanceof Error ? error.message : String(error));
    }
  }

  /** Goes on to the next of the picks, or back, in a circle. */
  step(by: number): void {
    void this.open(this.picks, (this.index + by + this.picks.length) % this.picks.length);
  }

  close(): void {
    if (this.picks.length > 0) void this.open([]);
  }

  #show(item: Item | null, fault: string): void {
    this.item = item;
    this.fault = fault;
    this.#host.requestUpdate();
    this.#selected(item);
  }
}
