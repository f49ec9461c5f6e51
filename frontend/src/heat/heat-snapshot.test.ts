import {describe, expect, it} from 'vitest';
import type {PlaceFeature, Places, Replay} from './api';
import {focusOf, nothingYet, runOf, spanOf} from './heat-snapshot';

const replay = (id: string, state: Replay['state']): Replay => ({
  id,
  state,
  title: {zh: id, en: id},
  begin: '2019-12-31T16:00:00+08:00',
  end: '2020-01-01T02:00:00+08:00',
  core: 'bund',
  definition: {zh: '', en: ''},
  facts: [],
  time: null,
  speed: null,
});

describe('the replay that is shown', () => {
  const idle = replay('idle', 'idle');
  const playing = replay('playing', 'playing');
  it.each([
    ['is the one that is asked for', [idle, playing], 'idle', 'idle'],
    ['is the one that is played, if none is asked for', [idle, playing], null, 'playing'],
    ['is the one that is played, if the one asked for is gone', [idle, playing], 'gone', 'playing'],
    ['is the first, if none is played', [idle], null, 'idle'],
    ['is none where the server has none', [], 'idle', undefined],
  ] as const)('%s', (_, replays, asked, want) => {
    expect(runOf(replays, asked)?.id).toBe(want);
  });
});

describe('the place of the card', () => {
  const places = (...ids: string[]) => ({features: ids.map((id) => ({id}) as PlaceFeature)}) as Places;
  const evening = replay('bund-2019', 'playing');
  it.each([
    ['is the one that was chosen', places('square', 'bund', 'road'), 'road', evening, 'road'],
    ['is the core of the evening otherwise', places('square', 'bund'), 'gone', evening, 'bund'],
    ['is the first without an evening', places('square', 'bund'), '', null, 'square'],
    ['is none without places', null, 'bund', evening, undefined],
  ])('%s', (_, all, chosen, of, want) => {
    expect(focusOf(all, chosen, of)?.id).toBe(want);
  });
});

describe('the span of time', () => {
  const now = Date.parse('2026-11-22T12:34:56Z');
  it('is the evening of a replay', () => {
    const state = {...nothingYet, replay: replay('a', 'playing'), run: 'a', now};
    expect(spanOf(state)).toEqual({
      begin: Date.parse('2019-12-31T16:00:00+08:00'),
      end: Date.parse('2020-01-01T02:00:00+08:00'),
    });
  });
  it('is hours around now for what is heard now', () => {
    expect(spanOf({...nothingYet, replay: replay('a', 'idle'), run: '', now})).toEqual({
      begin: Date.parse('2026-11-22T06:00:00Z'),
      end: Date.parse('2026-11-22T16:00:00Z'),
    });
  });
  it('is none where nothing is shown', () => {
    expect(spanOf(nothingYet)).toBeNull();
  });
});
