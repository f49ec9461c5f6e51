import {createPropertyExpression, latest, type StylePropertySpecification} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, it} from 'vitest';
import {catalogOf, collection} from '../../testdata';
import {componentDensity, damagedDensity} from '../palette';
import {cellHectares, damagedCount} from './density';
import {scaleLayer} from './scale';
import {cityStyle} from './style';

const latitude = 31.2;
const district = {...collection({id: 'district'}), boxes: [[121, latitude - 0.5, 122, latitude + 0.5]]};
const {layers} = cityStyle({
  catalog: catalogOf(district, collection({id: 'component'})),
  language: 'zh',
  factor: 1,
  origin: '',
});

function field(role: 'density' | 'damage') {
  const spec = layers.find(({id}) => id === `component-${role}`);
  if (spec?.type !== 'circle') throw new Error(`no field of ${role}`);
  return spec;
}

function evaluate(value: unknown, property: unknown, zoom: number, properties: Record<string, unknown>): unknown {
  const parsed = createPropertyExpression(value as never, 'test', property as StylePropertySpecification);
  if (parsed.result === 'error') throw parsed.value[0];
  return parsed.value.evaluate({zoom}, {type: 'Point', properties} as never);
}

function colour(role: 'density' | 'damage', zoom: number, properties: Record<string, unknown>): string {
  return String(evaluate(field(role).paint?.['circle-color'], latest.paint_circle['circle-color'], zoom, properties));
}

/** How light a colour is to the eye, 0 to 1: relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = (hex.match(/[0-9a-f]{2}/g) ?? []).map((part) => {
    const channel = Number.parseInt(part, 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('the scales', () => {
  it.each([
    ['components', componentDensity],
    ['damaged ones', damagedDensity],
  ])('of %s rise in value and in light', (_, ramp) => {
    const values = ramp.map(([from]) => from);
    const lights = ramp.map(([, hex]) => luminance(hex));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(lights).toEqual(lights.toSorted((a, b) => a - b));
    expect(new Set(lights).size).toBe(ramp.length);
  });
});

describe('a cell', () => {
  it('covers a quarter of the ground at the next zoom', () => {
    expect(cellHectares(latitude, 9) / cellHectares(latitude, 10)).toBeCloseTo(4);
  });
  it('of zoom 9 is 523 m wide in Shanghai', () => {
    expect(Math.sqrt(cellHectares(latitude, 9) * 10_000)).toBeCloseTo(523, 0);
  });
});

describe('the field', () => {
  it('has one colour for one density at all zooms', () => {
    for (const [from] of componentDensity) {
      const colours = [5, 9, 11, 13].map((zoom) =>
        colour('density', zoom, {point_count: from * cellHectares(latitude, zoom)}),
      );
      expect(new Set(colours).size, `${from} a hectare`).toBe(1);
    }
  });
  it('has the colours of the legend', () => {
    const hectares = cellHectares(latitude, 9);
    const want = componentDensity.map(([, hex]) => hex);
    const got = componentDensity.map(([from]) => colour('density', 9, {point_count: from * hectares * 1.000001}));
    expect(got.map(hexOf)).toEqual(want);
  });
  it('tells where nothing is damaged from where little is', () => {
    const some = colour('damage', 9, {point_count: 900, 'state:破损': 1});
    expect(colour('damage', 9, {point_count: 900, 'state:完好': 900})).not.toBe(some);
  });
  it('keeps its size on a larger wall', () => {
    expect(scaleLayer(field('density'), 2)).toEqual(field('density'));
  });
});

describe('the damaged of a point', () => {
  const number = {type: 'number', 'property-type': 'data-driven', expression: {parameters: ['zoom', 'feature']}};
  it.each([
    ['itself', {point_count: 1, state: '破损'}, 1],
    ['itself, missing', {point_count: 1, state: '丢失'}, 1],
    ['none', {point_count: 1, state: '完好'}, 0],
    ['none of several', {point_count: 7, state: '完好', 'state:完好': 7}, 0],
    ['several, though it is intact', {point_count: 7, state: '完好', 'state:破损': 2, 'state:丢失': 1}, 3],
    ['not the abandoned ones', {point_count: 7, state: '废弃', 'state:废弃': 7}, 0],
  ])('are %s', (_, properties, want) => {
    expect(evaluate(damagedCount, number, 9, properties)).toBe(want);
  });
});

function hexOf(rgba: string): string {
  const channels = (rgba.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return `#${channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}
