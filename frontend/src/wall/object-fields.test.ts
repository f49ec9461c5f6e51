import {describe, expect, it} from 'vitest';
import type {StreamDefinition, StreamObject} from '../streams';
import {lengthMetres, objectFields, objectTitle} from './object-fields';

const text = (zh: string) => ({zh, en: zh});
const definition: StreamDefinition = {
  name: 'vehicles',
  title: text('车辆'),
  mover: true,
  staleAfter: 60,
  states: new Map([[2, text('行驶')]]),
  fields: [
    {name: 's', title: text('速度'), type: 'number'},
    {name: 'st', title: text('状态'), type: 'integer'},
    {name: 'plate', title: text('号牌'), type: 'string'},
    {name: 'on', title: text('启用'), type: 'boolean'},
  ],
};
const object: StreamObject = {
  stream: 'vehicles',
  key: 'v-1',
  lon: 121.49,
  lat: 31.24,
  time: '2026-11-22T03:00:00Z',
  fields: {s: 10, h: 271.5, st: 2, plate: '沪A-1', on: false},
  synthetic: true,
};
const track: GeoJSON.FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: {},
      geometry: {
        type: 'LineString',
        coordinates: [
          [121, 31],
          [121, 32],
        ],
      },
    },
  ],
};
const now = new Date('2026-11-22T03:00:42Z');

function values(changed: Partial<StreamObject> = {}, past: GeoJSON.FeatureCollection | null = null) {
  const input = {object: {...object, ...changed}, definition, track: past, now, language: 'zh' as const};
  return Object.fromEntries(objectFields(input).map(({key, value, unit}) => [key, value + unit]));
}

describe('the fields of an object', () => {
  it('are in words, with units and the age of its fix', () => {
    expect(values()).toMatchObject({
      age: '42 秒',
      st: '行驶',
      s: '36km/h',
      h: '272°',
      plate: '沪A-1',
      on: '否',
      key: 'v-1',
    });
  });

  it('leave out what it did not say', () => {
    expect(Object.keys(values({fields: {}}))).toEqual(['age', 'position', 'time', 'key']);
  });

  it('show a state that has no name as its code', () => {
    expect(values({fields: {st: 9}}).st).toBe('9');
  });

  it('tell how long its track is', () => {
    expect(values({}, track).track).toBe('111.2 公里 · 2 个定位');
    expect(values({}, {...track, features: []}).track).toBe('没有轨迹');
  });
});

describe('its title', () => {
  it('is the plate, or the key', () => {
    expect(objectTitle(object)).toBe('沪A-1');
    expect(objectTitle({...object, fields: {plate: ''}})).toBe('v-1');
  });
});

describe('the length of a line', () => {
  it('is that of great circles', () => {
    expect(lengthMetres([])).toBe(0);
    expect(
      lengthMetres([
        [0, 0],
        [180, 0],
      ]),
    ).toBeCloseTo(Math.PI * 6_371_008.8, 0);
  });
});
