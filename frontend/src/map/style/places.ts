// Names of places: towns and neighbourhoods first, landmarks when one is near.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import {text} from '../palette';
import {part, type StyleContext} from './part';
import {byZoom, halo, nameIn, regular} from './text';

const kind: ExpressionSpecification = ['get', 'kind'];

export function places(context: StyleContext): LayerSpecification[] {
  return part(
    context,
    'place',
    {
      id: 'place',
      type: 'symbol',
      // The city's own name would stand over its districts' names, so it yields to them early.
      filter: [
        'any',
        ['all', ['==', kind, 'city'], ['<', ['zoom'], 8]],
        ['all', ['in', kind, ['literal', ['town', 'village']]], ['>=', ['zoom'], 11]],
        ['all', ['in', kind, ['literal', ['landmark', 'neighbourhood', 'park']]], ['>=', ['zoom'], 12]],
        ['all', ['in', kind, ['literal', ['attraction', 'museum']]], ['>=', ['zoom'], 14]],
        ['>=', ['zoom'], 16],
      ],
      layout: {
        'icon-image': ['match', kind, ['landmark', 'attraction', 'museum', 'artwork', 'park'], 'place', ''],
        'icon-size': 0.7,
        'text-field': nameIn(context.language),
        'text-font': regular,
        'text-size': byZoom([11, 11], [16, 13]),
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.6,
        'text-justify': 'auto',
        'text-max-width': 8,
        'text-padding': 6,
        'text-optional': false,
      },
      paint: {'text-color': text.plain, ...halo},
    },
    {pick: true},
  );
}
