import {createPropertyExpression, latest, type StylePropertySpecification} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, it} from 'vitest';
import {levels} from '../heat/levels';
import {resolutionAt, storedResolution} from './heat';
import {heatDensity, heatLevels} from './palette';
import {heatColour} from './style/heat';

describe('the cells of a zoom', () => {
  it.each([
    [5, 6],
    [8.99, 6],
    [9, 7],
    [10.5, 8],
    [12, 9],
    [13.5, 10],
    [14.99, 10],
    [15, 11],
    [22, 11],
  ])('are, at %s, of resolution %s', (zoom, resolution) => {
    expect(resolutionAt(zoom)).toBe(resolution);
  });
});

describe('the cells of a stored minute', () => {
  it.each([
    [6, [7, 8, 9, 10], 7],
    [9, [7, 8, 9, 10], 9],
    [11, [7, 8, 9, 10], 10],
    [11, null, 11],
  ])('of %s are, where %s are stored, of resolution %s', (fit, stored, want) => {
    expect(storedResolution(fit, stored)).toBe(want);
  });
});

describe('the colour of a density', () => {
  function colourOf(density: number): string {
    const spec = latest.paint_fill['fill-color'] as StylePropertySpecification;
    const parsed = createPropertyExpression(heatColour() as never, 'test', spec);
    if (parsed.result === 'error') throw parsed.value[0];
    return String(parsed.value.evaluate({zoom: 14}, {type: 'Polygon', properties: {density}} as never));
  }
  const rgb = (hex: string) => `rgba(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(',')},1)`;

  it.each(heatDensity.map(([from, colour]) => [from, colour] as const))('begins at %s', (from, colour) => {
    expect(colourOf(from)).toBe(rgb(colour));
  });

  // The thresholds of heatmap/ladder.go, for places where people walk.
  it.each([
    [1.99, null],
    [2, 'watch'],
    [3.5, 'warn'],
    [5, 'alarm'],
    [6.5, 'critical'],
    [20, 'critical'],
  ] as const)('of %s per m² is that of %s', (density, level) => {
    const own = levels.find((one) => rgb(heatLevels[one]) === colourOf(density)) ?? null;
    expect(own).toBe(level);
  });
});
