import {describe, expect, it} from 'vitest';
import type {People, PlaceProperties} from './api';
import type {Crossing} from './history-api';
import {thresholdsOf} from './levels';
import {foreseenOf, peopleOf, sourcesOf, windowsOf} from './place-words';

const place: PlaceProperties = {
  name: '外滩滨水区',
  name_en: 'Bund embankment',
  flow: 'moving',
  area_m2: 21_600,
  devices: 77_000,
  visits: 420_000,
  density: 3.56,
  in_per_s: 1,
  out_per_s: 2,
  level: 'watch',
  next: 'watch',
  next_after_s: null,
};

const people: People = {
  low: 69_000,
  mid: 77_000,
  high: 84_000,
  sources: ['devices', 'counters'],
  agree: true,
  factor: {low: 0.9, mid: 1, high: 1.09, measured: true},
  synthetic: false,
};
const apart: People = {...people, mid: null, agree: false};

describe('the people of a place', () => {
  it.each([
    ['are its devices where nothing else is known', null, '77,000'],
    ['are a number where the sources agree', {...people, mid: 76_000}, '76,000'],
    ['are a band where they do not', apart, '69,000–84,000'],
  ])('%s', (_, known, want) => {
    expect(peopleOf({...place, people: known})).toBe(want);
  });

  it.each([
    ['agree', people, '设备 + 计数器 · 系数 0.90–1.09 (实测)'],
    [
      'are one alone',
      {...people, sources: ['devices'], factor: {low: 0.77, mid: 1, high: 1.5, measured: false}},
      '设备 · 系数 0.77–1.50 (假定)',
    ],
    ['do not agree', apart, '来源不一致：设备、计数器'],
    ['are made up', {...apart, synthetic: true}, '来源不一致：设备、计数器 (合成)'],
    ['are new to the page', {...apart, sources: ['balloon']}, '来源不一致：balloon'],
  ])('come from sources that %s', (_, known, want) => {
    expect(sourcesOf(known, 'zh')).toBe(want);
  });

  it('are counted by span, with the error beside them', () => {
    const windows = {hour: {visitors: 81_230, error: 0.0163}, day: {visitors: 12, error: 0}};
    expect(windowsOf({...place, windows}, 'zh').map(({key, value}) => [key, value])).toEqual([
      ['hour', '81,230 ±3.3%'],
      ['day', '12'],
    ]);
    expect(windowsOf(place, 'zh')).toEqual([]);
  });
});

describe('what is foreseen of a place', () => {
  const crossings: Crossing[] = [
    {level: 'alarm', t: 3_600_000, probability: null},
    {level: 'warn', t: 1_800_000, probability: 0.83},
    {level: 'watch', t: 60_000, probability: 1},
  ];
  it('is the next level of the server, first of all', () => {
    expect(foreseenOf({...place, next: 'warn', next_after_s: 240}, crossings, 0, 'zh')).toBe('预计 4 分钟后：预警');
  });
  it('is the first crossing of the forecast into a higher level', () => {
    expect(foreseenOf(place, crossings, 0, 'zh')).toBe('预计 30 分钟后：预警 (83%)');
    expect(foreseenOf(place, crossings, 1_800_000, 'zh')).toBe('预计 30 分钟后：警报');
  });
  it('is nothing otherwise', () => {
    expect(foreseenOf({...place, level: 'critical'}, crossings, 0, 'zh')).toBe('');
  });
});

describe('the ladder of a place', () => {
  it('is in devices, and bears more where people stand', () => {
    expect(thresholdsOf(place).map(({devices}) => devices)).toEqual([43_200, 75_600, 108_000, 140_400]);
    expect(thresholdsOf({...place, flow: 'standing', area_m2: 100}).map(({devices}) => devices)).toEqual([
      200, 400, 500, 650,
    ]);
  });
});
