// Which tile source each layer of the twin comes from.
//
// A source asks for several layers at once, so that a view costs few requests; the layers that
// are heavy, or that most views leave out, have a source of their own.

import type {Collection} from '../api';

const groups: readonly (readonly string[])[] = [
  ['district', 'street', 'village', 'water', 'place'],
  ['road', 'metro_line', 'metro_station'],
  ['building', 'curtain_wall', 'heritage', 'compound', 'construction_site'],
  ['pipeline'],
  ['component'],
];

export interface TileSource {
  readonly id: string;
  readonly layers: readonly string[];
}

/** The sources that serve the collections; one that we have no group for gets its own. */
export function tileSources(collections: readonly Collection[]): TileSource[] {
  const present = new Set(collections.map((collection) => collection.id));
  const grouped = groups.map((group) => group.filter((layer) => present.has(layer)));
  const known = new Set(groups.flat());
  const alone = [...present].filter((layer) => !known.has(layer)).map((layer) => [layer]);
  return [...grouped, ...alone].filter((layers) => layers.length > 0).map((layers) => ({id: layers.join(','), layers}));
}

/** The layers that have a place of their own in the style. */
export function isStandardLayer(layer: string): boolean {
  return groups.some((group) => group.includes(layer));
}
