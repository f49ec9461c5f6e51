import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {CurveSource} from './curve-source';
import {OptionalParts} from './optional-parts';
import {minuteMs} from './timeline';

const begin = Date.parse('2019-12-31T08:00:00Z');
const at = (minute: number) => begin + minute * minuteMs;
const {signal} = new AbortController();

/** What was asked of a server that has a minute for each of so many, with its number as the count. */
let asked: URL[] = [];
let minutes = 0;
let missing: RegExp | null = null;

function answer(path: string): Response {
  const url = new URL(path, 'http://server');
  asked.push(url);
  if (missing?.test(url.pathname)) return new Response('{}', {status: 404});
  const all = Array.from({length: minutes}, (_, minute) => ({t: new Date(at(minute)).toISOString(), devices: minute}));
  if (url.pathname.endsWith('/forecast/past')) return Response.json({points: all});
  if (url.pathname.endsWith('/forecast')) return Response.json({points: [], crossings: [], score: null});
  if (url.pathname.endsWith('/curve')) {
    return Response.json({minutes: all.map(({t, devices}) => ({time: t, people: devices}))});
  }
  const from = Date.parse(url.searchParams.get('from') ?? '');
  return Response.json({minutes: all.filter(({t}) => Date.parse(t) >= from)});
}

beforeEach(() => {
  asked = [];
  minutes = 0;
  missing = null;
  vi.stubGlobal('fetch', (path: string) => Promise.resolve(answer(path)));
});
afterEach(() => vi.unstubAllGlobals());

const of = (now: number, place = 'bund') => ({
  run: 'bund-2019',
  place,
  core: place === 'bund',
  from: begin,
  now: at(now),
});
const timesAsked = (end: string) => asked.filter(({pathname}) => pathname.endsWith(end)).length;

describe('the curve of a place', () => {
  it('grows by what is new, and asks for nothing else', async () => {
    const source = new CurveSource(new OptionalParts(() => 0));
    minutes = 10;
    expect((await source.read(of(9), signal)).actual.map(({n}) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    minutes = 12;
    expect((await source.read(of(11), signal)).actual).toHaveLength(12);
    const last = asked.filter(({pathname}) => pathname.endsWith('/minutes')).at(-1);
    expect(last?.searchParams.get('from')).toBe(new Date(at(9)).toISOString());
  });

  it('asks for a forecast once a minute of the evening, and for the past ones once in five', async () => {
    const source = new CurveSource(new OptionalParts(() => 0));
    for (const now of [10, 10.5, 11, 14, 15]) await source.read(of(now), signal);
    expect([timesAsked('/forecast'), timesAsked('/forecast/past')]).toEqual([4, 2]);
  });

  it('begins anew for another place, and when the evening went back', async () => {
    const source = new CurveSource(new OptionalParts(() => 0));
    minutes = 10;
    await source.read(of(9), signal);
    minutes = 3;
    expect((await source.read(of(2), signal)).actual).toHaveLength(3);
    minutes = 4;
    expect((await source.read(of(3, 'chen_yi_square'), signal)).actual).toHaveLength(4);
    const froms = asked
      .filter(({pathname}) => pathname.endsWith('/minutes'))
      .map((url) => url.searchParams.get('from'));
    expect(new Set(froms)).toEqual(new Set([new Date(begin).toISOString()]));
  });

  it('leaves out minutes of an earlier play, which are ahead', async () => {
    const source = new CurveSource(new OptionalParts(() => 0));
    minutes = 600;
    expect((await source.read(of(4), signal)).actual).toHaveLength(5);
  });

  it('is the player’s own where no minutes are stored, and only of the core', async () => {
    missing = /\/minutes$/;
    minutes = 5;
    const source = new CurveSource(new OptionalParts(() => 0));
    expect((await source.read(of(4), signal)).actual).toHaveLength(5);
    expect((await source.read(of(4, 'chen_yi_square'), signal)).actual).toEqual([]);
  });

  it('goes without a forecast where there is none', async () => {
    missing = /forecast/;
    minutes = 2;
    const source = new CurveSource(new OptionalParts(() => 0));
    expect(await source.read(of(1), signal)).toMatchObject({forecast: null, foreseen: []});
  });
});
