// Notices when the map cannot start or misses tiles, and mends it when it can.

import type {Map as MapLibreMap} from 'maplibre-gl';

/** What is wrong with the map. */
export type MapFault = 'start' | 'tiles' | 'context';

export interface HealthEvents {
  /** A fault came or changed its text. */
  fault(fault: MapFault, detail: string): void;
  /** A fault is over. */
  mended(fault: MapFault): void;
  /** Only a new map can help: the old one never loaded, or lost a source for good. */
  rebuild(): void;
}

interface TileAddress {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface MapErrorEvent {
  readonly error?: {readonly message?: string};
  readonly sourceId?: string;
  readonly tile?: {readonly tileID: {readonly canonical: TileAddress}};
}

const firstRetryMs = 4_000;
const longestRetryMs = 60_000;

/** Watches a map until the signal aborts. */
export function watchHealth(map: MapLibreMap, events: HealthEvents, signal: AbortSignal): void {
  const failing = new Map<string, TileAddress[]>();
  let loaded = false;
  let delay = firstRetryMs;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (action: () => void) => {
    if (timer !== undefined || signal.aborted) return;
    timer = setTimeout(() => {
      timer = undefined;
      delay = Math.min(longestRetryMs, delay * 2);
      action();
    }, delay);
  };

  const retryTiles = () => {
    const sources = [...failing];
    failing.clear();
    // By address: without one, MapLibre 6.17 leaves a failed tile waiting for an answer for good.
    for (const [source, tiles] of sources) map.refreshTiles(source, tiles);
    // Tiles that fail again report themselves before the map is idle.
    map.once('idle', () => {
      if (failing.size > 0) return;
      delay = firstRetryMs;
      events.mended('tiles');
    });
  };

  map.on('error', (event: MapErrorEvent) => {
    const detail = event.error?.message ?? '';
    if (event.tile !== undefined && event.sourceId !== undefined) {
      failing.set(event.sourceId, [...(failing.get(event.sourceId) ?? []), event.tile.tileID.canonical]);
      events.fault('tiles', detail);
      later(retryTiles);
    } else if (!loaded || event.sourceId !== undefined) {
      // A worker that did not load, no WebGL, or a source without its TileJSON: none comes back.
      events.fault('start', detail);
      later(events.rebuild);
    }
  });
  map.once('load', () => {
    loaded = true;
  });
  map.on('webglcontextlost', () => events.fault('context', ''));
  map.on('webglcontextrestored', () => events.mended('context'));
  signal.addEventListener('abort', () => clearTimeout(timer));
}
