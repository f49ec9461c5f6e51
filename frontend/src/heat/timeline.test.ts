import {describe, expect, it} from 'vitest';
import type {Stored} from './history-api';
import {keyMove, minuteMs, nearestMinute, stepped} from './timeline';

const at = (minutes: number) => minutes * minuteMs;
const stored: Stored = {first: at(100), last: at(200), gaps: [[at(120), at(129)]], resolutions: null};

describe('the stored minute nearest to a time', () => {
  it.each([
    ['is the first before it', 3, 100],
    ['is the last after it', 999, 200],
    ['is its own', 150, 150],
    ['is the one that it rounds to', 150.6, 151],
    ['is the one before a gap', 124, 119],
    ['is the one after a gap', 126, 130],
  ])('%s', (_, minute, want) => {
    expect(nearestMinute(at(minute), stored)).toBe(at(want));
  });
});

describe('a step', () => {
  it.each([
    ['goes on', 110, 1, 111],
    ['goes back', 110, -1, 109],
    ['passes over what is missing, on', 119, 1, 130],
    ['passes over what is missing, back', 130, -1, 119],
    ['lands behind a gap from afar', 110, 15, 130],
    ['ends at the last', 198, 5, 200],
    ['ends at the first', 101, -15, 100],
  ])('%s', (_, from, minutes, want) => {
    expect(stepped(at(from), minutes, stored)).toBe(at(want));
  });

  it('from anywhere by any way lands on a stored minute', () => {
    for (let from = 100; from <= 200; from++) {
      for (const minutes of [-15, -5, -1, 1, 5, 15]) {
        const to = stepped(nearestMinute(at(from), stored), minutes, stored);
        expect(nearestMinute(to, stored), `${from} by ${minutes}`).toBe(to);
      }
    }
  });
});

describe('a key', () => {
  it.each([
    ['ArrowLeft', at(149)],
    ['ArrowRight', at(151)],
    ['PageDown', at(135)],
    ['PageUp', at(165)],
    ['Home', at(100)],
    ['End', null],
    ['x', undefined],
  ])('%s', (key, want) => {
    expect(keyMove(key, at(150), stored)).toBe(want);
  });
});
