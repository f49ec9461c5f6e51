// How many features stand behind the picture: the sum of what its tiles say about themselves.

import type {Map as MapLibreMap} from 'maplibre-gl';
import type {TileSource} from './sources';

/** A layer in the tiles that cover the view. Their edge is not the edge of the view. */
export interface Coverage {
  /** Features in the tiles. */
  readonly total: number;
  /** How many of them are drawn, or stand in a number that is drawn. */
  readonly shown: number;
  /** Whether points stand for several. */
  readonly thinned: boolean;
  /** The oldest state of the data among the tiles. */
  readonly asOf: string;
}

/** The layer of every tile that describes its other layers. */
const metaLayer = '_meta';

/** The coverage of each layer that the tiles of these sources describe. Takes a while after new tiles: call it at rest. */
export function coverageOf(map: MapLibreMap, sources: readonly TileSource[]): ReadonlyMap<string, Coverage> {
  const descriptions = sources.flatMap(({id}) =>
    map.getSource(id) ? map.querySourceFeatures(id, {sourceLayer: metaLayer}) : [],
  );
  return sumCoverage(descriptions.map(({properties}) => properties));
}

/** Adds up the descriptions of tiles, each with the layer that it is of. */
export function sumCoverage(tiles: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, Coverage> {
  const sums = new Map<string, Coverage>();
  for (const tile of tiles) {
    const layer = String(tile.layer);
    const asOf = String(tile.as_of);
    const before = sums.get(layer);
    sums.set(layer, {
      total: (before?.total ?? 0) + Number(tile.total),
      shown: (before?.shown ?? 0) + Number(tile.shown),
      thinned: (before?.thinned ?? false) || tile.thinned === true,
      asOf: before && Date.parse(before.asOf) <= Date.parse(asOf) ? before.asOf : asOf,
    });
  }
  return sums;
}
