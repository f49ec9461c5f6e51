import {describe, expect, it} from 'vitest';
import {languageOf, translate, translateMark, withLanguage} from './i18n';

describe('translate', () => {
  it('fills the names in a text', () => {
    expect(translate('zh', 'visibleFrom', {zoom: 15})).toBe('放大到 15 级可见');
    expect(translate('en', 'here', {n: 1, total: 3})).toBe('Here 1 of 3');
  });
  it('leaves a name that it was not given', () => {
    expect(translate('en', 'visibleFrom')).toBe('Zoom to {zoom} to see');
  });
});

describe('the language in the address', () => {
  it.each([
    ['nothing', '', 'zh'],
    ['English', '?lang=en', 'en'],
    ['a language we do not have', '?lang=fr', 'zh'],
  ] as const)('reads %s', (_, search, want) => {
    expect(languageOf(search)).toBe(want);
  });
  it('changes and keeps the view', () => {
    const address = 'http://localhost/?a=1#map=12/31.2/121.4&off=road';
    const english = withLanguage(address, 'en');
    expect(english).toBe('http://localhost/?a=1&lang=en#map=12/31.2/121.4&off=road');
    expect(withLanguage(english, 'zh')).toBe(address);
  });
});

it('translates the words of the mark', () => {
  expect(translateMark('示意 · 合成数据', 'en')).toBe('Schematic · synthetic data');
  expect(translateMark('示意 · 合成数据', 'zh')).toBe('示意 · 合成数据');
});
