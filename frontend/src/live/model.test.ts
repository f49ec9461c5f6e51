// Whatever happens to a session, what the page is shown is what the server has.

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {FakeServer, type Placed, randomOf} from './fake-server';
import type {BBox, Columns, FromWorker} from './protocol';
import {Session} from './session';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

/** What the page would draw. */
class Page {
  #columns: Columns | null = null;
  readonly #names = new Map<number, string>();

  take(message: FromWorker): void {
    if (message.kind !== 'rows') return;
    for (const [handle, key] of message.columns.named) this.#names.set(handle, key);
    this.#columns = message.columns;
  }

  shown(): Placed[] {
    const {handle, lon, lat} = this.#columns ?? {handle: [], lon: [], lat: []};
    return [...handle]
      .map((one, i): Placed => [this.#names.get(one) ?? '', lon[i] ?? 0, lat[i] ?? 0])
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Walks at random, and compares whenever it is quiet for a moment. */
function walk(seed: number, binary: boolean): FakeServer {
  const random = randomOf(seed);
  const server = new FakeServer(random, binary);
  const page = new Page();
  const session = new Session({
    connect: () => server.connect(),
    tell: (message) => page.take(message),
    random,
  });
  const look = () => {
    const [lon, lat] = [random() < 0.5 ? 0.1 : 0.4, random() < 0.5 ? 0.1 : 0.4]; // few, so that it comes back
    const bbox: BBox = [lon, lat, lon + 0.3, lat + 0.3];
    session.watch({wants: [{id: 'V', stream: 'vehicles', as: 'rows'}], camera: {bbox, zoom: 14, tz: [14]}});
  };
  /** The server greets whoever has come back, as soon as the pause is over. */
  const settle = () => {
    const before = server.counts.connections;
    for (let i = 0; i < 400 && server.counts.connections === before; i++) vi.advanceTimersByTime(100);
    server.hello();
  };
  look();
  server.hello();
  server.serve();
  for (let round = 0; round < 40; round++) {
    for (let i = Math.floor(random() * 8); i >= 0; i--) {
      server.step();
      const dice = random();
      if (dice < 0.25) look();
      else if (dice < 0.29) server.reset();
      else if (dice < 0.37) server.drop();
      else if (dice < 0.44) server.flush(true);
      else if (dice < 0.65) server.mark();
      else server.flush();
      if (!server.connected) settle();
      session.drawn();
      server.serve();
    }
    for (let i = 0; i < 3; i++) {
      server.flush();
      server.serve();
    }
    const where = `seed ${seed}, round ${round}`;
    expect(page.shown(), where).toEqual(server.truth());
  }
  return server;
}

describe('a session that is moved, cut off, reset and lied to', () => {
  it.each([
    ['JSON', false],
    ['binary', true],
  ])('shows what the server has whenever it is quiet, over %s', (_, binary) => {
    const happened = {resumed: 0, snapshots: 0, gaps: 0, views: 0};
    for (let seed = 1; seed <= 12; seed++) {
      const {counts} = walk(seed, binary);
      for (const key of ['resumed', 'snapshots', 'gaps', 'views'] as const) happened[key] += counts[key];
    }
    // The walk went where it was meant to go.
    for (const [what, count] of Object.entries(happened)) expect(count, what).toBeGreaterThan(20);
  });
});
