// Layers that someone added to the catalog: drawn plainly by their geometry type.

import type {LayerSpecification} from 'maplibre-gl';
import {custom} from '../palette';
import {part, type StyleContext} from './part';

export function customLayer(context: StyleContext, layer: string): LayerSpecification[] {
  const pick = {pick: true};
  return [
    ...part(
      context,
      layer,
      {
        id: `${layer}-fill`,
        type: 'fill',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: {'fill-color': custom, 'fill-opacity': 0.2, 'fill-outline-color': custom},
      },
      pick,
    ),
    ...part(
      context,
      layer,
      {
        id: `${layer}-line`,
        type: 'line',
        filter: ['==', ['geometry-type'], 'LineString'],
        paint: {'line-color': custom, 'line-width': 1.6},
      },
      pick,
    ),
    ...part(
      context,
      layer,
      {
        id: `${layer}-point`,
        type: 'circle',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {'circle-color': custom, 'circle-radius': 4, 'circle-stroke-color': '#06101e', 'circle-stroke-width': 1},
      },
      pick,
    ),
  ];
}
