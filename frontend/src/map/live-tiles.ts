// Keeps the tiles in the picture fresh: asks again for those that have changed, and for no others.

import type {Map as MapLibreMap} from 'maplibre-gl';
import type {FromWorker, TileAddress, ToWorker} from '../live/protocol';
import type {TileSource} from './sources';

/** How fresh the map is. */
export interface Freshness {
  readonly connected: boolean;
  /** From the last change that was shown: its commit until it was drawn; null before the first. */
  readonly lagMs: number | null;
}

/** A camera is told to the server at most so often; what was missed meanwhile it still knows. */
const lookMs = 1_000;
/** The deepest zoom that tiles are asked for at. */
const deepest = 18;

/** Follows the changes of the sources until the signal aborts. */
export function followTiles(
  map: MapLibreMap,
  sources: () => readonly TileSource[],
  fresh: (freshness: Freshness) => void,
  signal: AbortSignal,
): void {
  const worker = new Worker(new URL('../live/worker.ts', import.meta.url), {type: 'module'});
  let now: Freshness = {connected: false, lagMs: null};
  let shownMs = 0;
  const update = (change: Partial<Freshness>) => {
    now = {...now, ...change};
    fresh(now);
  };

  const inView = () => map.coveringTiles({tileSize: 512, maxzoom: deepest}).map(({canonical}) => canonical);
  const refresh = (layer: string, tiles: readonly TileAddress[] | null) => {
    const begun = performance.now();
    // Without addresses MapLibre would ask for tiles that failed, too, and wait for them forever.
    const visible = inView();
    const wanted = tiles
      ? visible.filter(({z, x, y}) => tiles.some((tile) => tile.z === z && tile.x === x && tile.y === y))
      : visible;
    const source = sources().find(({layers}) => layers.includes(layer));
    if (!source || wanted.length === 0 || !map.getSource(source.id)) return;
    map.refreshTiles(source.id, wanted);
    if (tiles)
      void map.once('idle').then(() => {
        shownMs = performance.now() - begun;
      });
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    timer = undefined;
    lookedAt = performance.now();
    const bounds = map.getBounds();
    const zooms = [...new Set(inView().map(({z}) => z))].toSorted((a, b) => a - b);
    const message: ToWorker = {
      kind: 'watch',
      watch: {
        layers: sources().flatMap(({layers}) => layers),
        bbox: [
          Math.max(-180, bounds.getWest()),
          Math.max(-85, bounds.getSouth()),
          Math.min(180, bounds.getEast()),
          Math.min(85, bounds.getNorth()),
        ],
        zoom: Math.min(24, map.getZoom()),
        tz: zooms.slice(-8), // a tilted view has a few
      },
    };
    if (zooms.length > 0) worker.postMessage(message);
  };
  const lookSoon = () => {
    timer ??= setTimeout(look, Math.max(0, lookedAt + lookMs - performance.now()));
  };

  worker.addEventListener('message', ({data}: MessageEvent<FromWorker>) => {
    if (data.kind === 'tiles') refresh(data.layer, data.tiles);
    else if (data.kind === 'lag') update({lagMs: Math.round(data.milliseconds + shownMs)});
    else update({connected: data.connected});
  });
  map.on('load', lookSoon);
  map.on('move', lookSoon);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    worker.terminate();
  });
}
