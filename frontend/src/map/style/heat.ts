// Where people are: cells coloured by devices per m², and the places that are watched.
//
// Below the ladder's first level the colours are cool and faint; from it on they are those of its
// levels, so that a cell and a place of one density have one colour.

import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import type {Language} from '../../i18n';
import {heatDensity, heatLevels, hotSpots} from '../palette';
import type {PartMetadata} from './part';
import {byZoom, halo, nameIn, semiBold} from './text';

export const heatSource = 'heat';
export const heatPlaceSource = 'heat-place';
export const hotSpotSource = 'heat-hot-spot';

/** What the switch of the heat, and the address, call it. */
export const heatLayer = 'heat';

const drawn: PartMetadata = {layer: heatLayer, role: 'draw', pick: false};
const density: ExpressionSpecification = ['coalesce', ['get', 'density'], 0];

/** The colour of a density in devices per m². */
export function heatColour(): ExpressionSpecification {
  const [[, first], ...others] = heatDensity;
  return ['step', density, first, ...others.flat()] as ExpressionSpecification;
}

/** The cells, which lie below buildings, symbols and labels. */
export function heatCells(): LayerSpecification[] {
  return [
    {
      id: 'heat-cell',
      type: 'fill',
      source: heatSource,
      metadata: drawn,
      paint: {
        'fill-color': heatColour(),
        // The emptier a cell, the more of the map shows through.
        'fill-opacity': ['interpolate', ['linear'], density, 0, 0.5, 0.5, 0.6, 2, 0.68],
      },
    },
    {
      id: 'heat-edge',
      type: 'line',
      source: heatSource,
      metadata: drawn,
      paint: {'line-color': heatColour(), 'line-width': byZoom([9, 0.4], [16, 1.2]), 'line-opacity': 0.75},
    },
  ];
}

/** The cells that are fuller than chance makes them, or emptier: outlines over all cells. */
export function hotSpotCells(): LayerSpecification[] {
  const {cold, ...hot} = hotSpots;
  const colour = ['match', ['get', 'class'], ...Object.entries(hot).flat(), cold] as unknown as ExpressionSpecification;
  return [
    {
      id: 'heat-hot-spot',
      type: 'line',
      source: hotSpotSource,
      metadata: drawn,
      paint: {'line-color': colour, 'line-width': byZoom([9, 1.2], [16, 2.6])},
    },
  ];
}

/** The outlines of the places in the colours of their levels, with their names. */
export function heatPlaces(language: Language): LayerSpecification[] {
  const {calm, ...risen} = heatLevels;
  const colour = [
    'match',
    ['get', 'level'],
    ...Object.entries(risen).flat(),
    calm,
  ] as unknown as ExpressionSpecification;
  return [
    {
      id: 'heat-place-casing',
      type: 'line',
      source: heatPlaceSource,
      minzoom: 11,
      metadata: drawn,
      paint: {'line-color': '#06101e', 'line-width': byZoom([11, 3], [16, 6]), 'line-opacity': 0.7},
    },
    {
      id: 'heat-place',
      type: 'line',
      source: heatPlaceSource,
      minzoom: 11,
      metadata: drawn,
      paint: {'line-color': colour, 'line-width': byZoom([11, 1.4], [16, 3])},
    },
    {
      id: 'heat-place-name',
      type: 'symbol',
      source: heatPlaceSource,
      minzoom: 13,
      metadata: {...drawn, role: 'label'} satisfies PartMetadata,
      layout: {
        'text-field': nameIn(language),
        'text-font': semiBold,
        'text-size': byZoom([13, 13], [17, 18]),
        'text-padding': 6,
      },
      paint: {'text-color': colour, ...halo},
    },
  ];
}
