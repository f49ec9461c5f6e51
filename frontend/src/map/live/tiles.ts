// Keeps the tiles in the picture fresh: asks again for those that have changed, and for no others.

import type {Map as MapLibreMap} from 'maplibre-gl';
import type {TileAddress} from '../../live/protocol';
import type {TileSource} from '../sources';

/** The deepest zoom that tiles are asked for at. */
const deepest = 18;

export class LiveTiles {
  /** How long the last tiles took to be there and drawn, in ms. */
  shownMs = 0;

  constructor(
    private readonly map: MapLibreMap,
    private readonly sources: () => readonly TileSource[],
  ) {}

  /** The tiles that the view is drawn from. */
  inView(): TileAddress[] {
    return this.map.coveringTiles({tileSize: 512, maxzoom: deepest}).map(({canonical}) => canonical);
  }

  /** These tiles of a layer have changed; null means any in view. */
  refresh(layer: string, tiles: readonly TileAddress[] | null): void {
    const begun = performance.now();
    // Without addresses MapLibre would ask for tiles that failed, too, and wait for them forever.
    const visible = this.inView();
    const wanted = tiles
      ? visible.filter(({z, x, y}) => tiles.some((tile) => tile.z === z && tile.x === x && tile.y === y))
      : visible;
    const source = this.sources().find(({layers}) => layers.includes(layer));
    if (!source || wanted.length === 0 || !this.map.getSource(source.id)) return;
    this.map.refreshTiles(source.id, wanted);
    if (!tiles) return;
    void this.map.once('idle').then(() => {
      this.shownMs = performance.now() - begun;
    });
  }
}
