import {describe, expect, it} from 'vitest';
import type {Alarm} from './alarm-api';
import {alarmsAt, foreseenLevel, isUrgent, merged, noticeOf, ofThisPlay, ordered} from './alarms';

const alarm = (id: string, more: Partial<Alarm> = {}): Alarm => ({
  id,
  run: 'bund-2019',
  place: 'bund',
  name: '外滩',
  name_en: 'Bund',
  level: 'watch',
  highest: more.level ?? 'watch',
  predicted: false,
  foreseen_for: null,
  state: 'open',
  begun: '2019-12-31T12:00:00Z',
  ended: null,
  cause: null,
  peak_density: 2.1,
  peak_devices: 45_000,
  acknowledged: null,
  synthetic: true,
  ver: 1,
  ...more,
});
const ids = (alarms: readonly Alarm[]) => alarms.map(({id}) => id);

describe('a list of alarms', () => {
  it('has open ones first by level, then those that are over by time', () => {
    const list = [
      alarm('over', {state: 'closed', level: 'critical', begun: '2019-12-31T10:00:00Z'}),
      alarm('over later', {state: 'closed', begun: '2019-12-31T11:00:00Z'}),
      alarm('watch'),
      alarm('foreseen', {level: 'alarm', predicted: true}),
      alarm('alarm', {level: 'alarm'}),
      alarm('later watch', {begun: '2019-12-31T12:30:00Z'}),
    ];
    expect(ids(ordered(list))).toEqual(['foreseen', 'alarm', 'later watch', 'watch', 'over later', 'over']);
  });

  it('takes newer versions and leaves older ones', () => {
    const list = [alarm('a', {ver: 3, level: 'warn'}), alarm('b')];
    const after = merged(list, [alarm('a', {ver: 2}), alarm('b', {ver: 2, level: 'alarm'}), alarm('c')]);
    expect(after.map(({id, level}) => [id, level])).toEqual([
      ['a', 'warn'],
      ['b', 'alarm'],
      ['c', 'watch'],
    ]);
  });

  it('is, at a time, as it was then', () => {
    const list = [
      alarm('over', {state: 'closed', ended: '2019-12-31T13:00:00Z'}),
      alarm('not yet', {begun: '2019-12-31T14:00:00Z'}),
    ];
    const at = (time: string) => alarmsAt(list, Date.parse(time)).map(({id, state}) => [id, state]);
    expect(at('2019-12-31T11:59:00Z')).toEqual([]);
    expect(at('2019-12-31T12:30:00Z')).toEqual([['over', 'open']]);
    expect(at('2019-12-31T14:00:00Z')).toEqual([
      ['over', 'closed'],
      ['not yet', 'open'],
    ]);
  });
});

describe('an evening that is played again', () => {
  const now = Date.parse('2019-12-31T12:30:00Z');
  it.each([
    ['has what has begun', {}, true],
    ['has what was told ahead of its clock', {begun: '2019-12-31T12:45:00Z'}, true],
    ['has what is over', {state: 'closed', ended: '2019-12-31T12:20:00Z', cause: 'calm'}, true],
    ['has nothing that was to begin later', {begun: '2019-12-31T14:00:00Z'}, false],
    ['has nothing that ended later', {state: 'closed', ended: '2019-12-31T17:00:00Z', cause: 'calm'}, false],
    [
      'has nothing of an evening that went back',
      {state: 'closed', ended: '2019-12-31T12:20:00Z', cause: 'rewound'},
      false,
    ],
  ] as const)('%s', (_, more, want) => {
    expect(ofThisPlay([alarm('a', more)], now)).toHaveLength(want ? 1 : 0);
  });
});

describe('an alarm', () => {
  it('foresees the next level', () => {
    expect(foreseenLevel(alarm('a', {level: 'warn', predicted: true}))).toBe('alarm');
    expect(foreseenLevel(alarm('a', {level: 'critical', predicted: true}))).toBeNull();
    expect(foreseenLevel(alarm('a', {level: 'warn'}))).toBeNull();
  });

  const acknowledged = {at: '2019-12-31T12:01:00Z', by: '王', note: ''};
  it.each([
    ['of danger is', {level: 'alarm'}, true],
    ['of greater danger is', {level: 'critical'}, true],
    ['of a warning is not', {level: 'warn'}, false],
    ['of a warning, with danger foreseen, is', {level: 'warn', predicted: true}, true],
    ['of watch, with a warning foreseen, is not', {level: 'watch', predicted: true}, false],
    ['that somebody has seen to is not', {level: 'alarm', acknowledged}, false],
    ['that is over is not', {level: 'alarm', state: 'closed'}, false],
  ] as const)('%s urgent', (_, more, want) => {
    expect(isUrgent(alarm('a', more))).toBe(want);
  });

  it('is news again when it rises or comes true, and not when it is acknowledged', () => {
    const notices = [
      alarm('a', {level: 'warn', predicted: true}),
      alarm('a', {level: 'alarm'}),
      alarm('a', {level: 'alarm', predicted: true}),
      alarm('a', {level: 'critical'}),
      alarm('a', {level: 'critical', acknowledged, ver: 9}),
    ].map(noticeOf);
    expect(new Set(notices).size).toBe(3);
  });
});
