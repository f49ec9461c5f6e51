// Makes everything on the map larger by one factor, for walls with more pixels than 1920 × 1080.
//
// A wall's page must not be scaled by CSS (the pointer would miss and the picture blur), so the
// sizes in the style are multiplied instead.

import type {LayerSpecification} from 'maplibre-gl';
import {partOf} from './part';

/** Properties whose values are CSS pixels, or factors of an image's pixels. */
const sizes: ReadonlySet<string> = new Set([
  'text-size',
  'text-halo-width',
  'text-padding',
  'icon-size',
  'icon-padding',
  'symbol-spacing',
  'line-width',
  'line-gap-width',
  'line-blur',
  'circle-radius',
  'circle-stroke-width',
]);

/** Cells of tiles have their size on the ground: on a larger wall the field is finer, not coarser. */
const ofTheGround: ReadonlySet<string> = new Set(['density', 'damage']);

/** The layer with all its sizes multiplied. */
export function scaleLayer(layer: LayerSpecification, factor: number): LayerSpecification {
  if (factor === 1 || ofTheGround.has(partOf(layer)?.role ?? '')) return layer;
  const scaled: Record<string, unknown> = {...layer};
  for (const group of ['layout', 'paint'] as const) {
    const properties = layer[group];
    if (!properties) continue;
    scaled[group] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, sizes.has(key) ? scaleValue(value, factor) : value]),
    );
  }
  return scaled as unknown as LayerSpecification;
}

/** A number or an expression, multiplied. Zoom curves must stay outermost, so their stops are. */
export function scaleValue(value: unknown, factor: number): unknown {
  if (typeof value === 'number') return value * factor;
  if (!Array.isArray(value)) return value;
  const [operator, ...rest] = value;
  if (operator === 'interpolate') {
    const [kind, input, ...stops] = rest;
    return [operator, kind, input, ...stops.map((stop, i) => (i % 2 === 1 ? scaleValue(stop, factor) : stop))];
  }
  if (operator === 'step') {
    const [input, ...outputs] = rest;
    return [operator, input, ...outputs.map((output, i) => (i % 2 === 0 ? scaleValue(output, factor) : output))];
  }
  return ['*', factor, value];
}
