// What lies over everything: the picked feature and the mark of synthetic data.

import type {LayerSpecification} from 'maplibre-gl';
import {selection} from '../palette';

export const selectionSource = 'selection';
export const markImage = 'mark';

export function selectionLayers(): LayerSpecification[] {
  return [
    {
      id: 'selection-area',
      type: 'fill',
      source: selectionSource,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {'fill-color': selection, 'fill-opacity': 0.12},
    },
    {
      id: 'selection-solid',
      type: 'fill-extrusion',
      source: selectionSource,
      filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['>', ['to-number', ['get', 'height_metres'], 0], 0]],
      paint: {
        'fill-extrusion-color': selection,
        'fill-extrusion-height': ['get', 'height_metres'],
        'fill-extrusion-opacity': 0.7,
      },
    },
    {
      id: 'selection-glow',
      type: 'line',
      source: selectionSource,
      paint: {'line-color': selection, 'line-width': 9, 'line-blur': 8, 'line-opacity': 0.5},
    },
    {
      id: 'selection-line',
      type: 'line',
      source: selectionSource,
      paint: {'line-color': selection, 'line-width': 2.2},
    },
    {
      id: 'selection-point',
      type: 'circle',
      source: selectionSource,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 8, 16, 12, 19, 20],
        'circle-color': selection,
        'circle-opacity': 0.12,
        'circle-stroke-color': selection,
        'circle-stroke-width': 2.2,
      },
    },
  ];
}

/** The mark, repeated over the whole picture, so that no copy of the pixels is without it. */
export function markLayer(mark: string): LayerSpecification[] {
  if (mark === '') return [];
  return [{id: 'mark', type: 'background', paint: {'background-pattern': markImage, 'background-opacity': 0.13}}];
}
