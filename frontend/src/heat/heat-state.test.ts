import {describe, expect, it} from 'vitest';
import type {Replay} from './api';
import {runOf} from './heat-state';

const replay = (id: string, state: Replay['state']): Replay => ({
  id,
  state,
  title: {zh: id, en: id},
  begin: '2019-12-31T16:00:00+08:00',
  end: '2020-01-01T02:00:00+08:00',
  core: 'bund',
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
