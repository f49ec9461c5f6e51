// What is drawn by the map for the streams: the fences, and where a picked object was.

import type {LayerSpecification} from 'maplibre-gl';
import {fence, selection} from '../palette';
import {byZoom, halo, regular} from './text';

export const fenceSource = 'fence';
export const trackSource = 'track';

export function fenceLayers(): LayerSpecification[] {
  return [
    {
      id: 'fence-area',
      type: 'fill',
      source: fenceSource,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {'fill-color': fence, 'fill-opacity': 0.07},
    },
    {
      id: 'fence-line',
      type: 'line',
      source: fenceSource,
      paint: {'line-color': fence, 'line-width': byZoom([9, 1], [16, 2]), 'line-dasharray': [4, 2]},
    },
    {
      id: 'fence-name',
      type: 'symbol',
      source: fenceSource,
      minzoom: 11,
      layout: {'text-field': ['get', 'title'], 'text-font': regular, 'text-size': 13, 'text-padding': 8},
      paint: {'text-color': fence, ...halo},
    },
  ];
}

export function trackLayers(): LayerSpecification[] {
  return [
    {
      id: 'track-casing',
      type: 'line',
      source: trackSource,
      layout: {'line-cap': 'round', 'line-join': 'round'},
      paint: {'line-color': '#06101e', 'line-width': 6, 'line-opacity': 0.6},
    },
    {
      id: 'track',
      type: 'line',
      source: trackSource,
      layout: {'line-cap': 'round', 'line-join': 'round'},
      paint: {
        'line-width': 3,
        // Faint where it was long ago.
        'line-gradient': ['interpolate', ['linear'], ['line-progress'], 0, 'rgba(255, 255, 255, 0.12)', 1, selection],
      },
    },
  ];
}
