import {describe, expect, it} from 'vitest';
import {
  formatAge,
  formatCompact,
  formatDecimal,
  formatInteger,
  formatMoment,
  formatPosition,
  formatUnit,
} from './format';

describe('formatCompact', () => {
  it.each([
    ['a small count as it is', 209, 'zh', '209'],
    ['thousands in Chinese in full', 8_600, 'zh', '8,600'],
    ['the components in Chinese', 14_950_000, 'zh', '1,495万'],
    ['the components in English', 14_950_000, 'en', '14.95M'],
    ['a hundred million in Chinese', 1_300_000_000, 'zh', '13亿'],
    ['thousands in English', 3_562, 'en', '3.56k'],
    ['nothing', 0, 'zh', '0'],
  ] as const)('writes %s', (_, value, language, want) => {
    expect(formatCompact(value, language)).toBe(want);
  });
});

describe('formatAge', () => {
  const now = new Date('2026-11-21T13:00:00Z');
  it.each([
    ['seconds', '2026-11-21T12:59:30Z', 'zh', '刚刚'],
    ['minutes', '2026-11-21T12:55:00Z', 'zh', '5 分钟前'],
    ['hours', '2026-11-21T09:10:00Z', 'en', '3 h ago'],
    ['days', '2026-11-19T13:00:00Z', 'zh', '2 天前'],
    ['a clock that runs ahead', '2026-11-21T13:00:20Z', 'en', 'just now'],
    ['what is no time', 'soon', 'en', 'soon'],
  ] as const)('writes %s', (_, time, language, want) => {
    expect(formatAge(time, now, language)).toBe(want);
  });
});

it('groups integers and keeps the places of decimals', () => {
  expect([formatInteger(26_800.4), formatDecimal(13, 2)]).toEqual(['26,800', '13.00']);
});

it('leaves a text that is no time as it is', () => {
  expect(formatMoment('unknown')).toBe('unknown');
});

it('writes positions lon first, to a metre', () => {
  expect(formatPosition(121.4737, 31.2304)).toBe('121.47370, 31.23040');
});

it('keeps the symbol of a unit that it has no word for', () => {
  expect([formatUnit('m2', 'zh'), formatUnit('m2', 'en'), formatUnit('kPa', 'zh')]).toEqual(['平方米', 'm²', 'kPa']);
});
