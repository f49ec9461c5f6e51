import {describe, expect, it} from 'vitest';
import {hiddenIn, lensIn, runIn, selectionIn, withHidden, withLens, withRun, withSelection} from './address';

const hash = '#map=12/31.2/121.4&off=road,water&sel=component/42';

describe('reading', () => {
  it('finds layers and selection', () => {
    expect(hiddenIn(hash)).toEqual(new Set(['road', 'water']));
    expect(selectionIn(hash)).toEqual({layer: 'component', id: 42});
  });
  it('tells an empty list from none', () => {
    expect(hiddenIn('#map=1/2/3&off=')).toEqual(new Set());
    expect(hiddenIn('#map=1/2/3')).toBeNull();
  });
  it.each([
    ['#lens=damage', 'damage'],
    ['#lens=density', 'density'],
    ['#lens=heat', 'density'],
    ['', 'density'],
  ])('reads the lens of %j as %s', (address, lens) => {
    expect(lensIn(address)).toBe(lens);
  });
  it.each(['', '#run=', '#run=../places', '#run=A B'])('takes no replay from %j', (bad) => {
    expect(runIn(bad)).toBeNull();
  });
  it.each([
    '#sel=',
    '#sel=component',
    '#sel=component/x',
    '#sel=../1',
    '#sel=component/1/2',
    '#sel=component/99999999999999999999',
  ])('takes no selection from %s', (bad) => {
    expect(selectionIn(bad)).toBeNull();
  });
});

describe('writing', () => {
  it('replaces one key and leaves the view', () => {
    expect(withHidden(hash, new Set(['water', 'building']))).toBe(
      '#map=12/31.2/121.4&sel=component/42&off=building,water',
    );
    expect(withSelection(hash, null)).toBe('#map=12/31.2/121.4&off=road,water');
  });
  it('keeps the replay that is shown until it is taken away', () => {
    expect(runIn(withRun(hash, 'bund-2019'))).toBe('bund-2019');
    expect(withRun(`${hash}&run=bund-2019`, null)).toBe(hash);
  });
  it('names the lens only when it is not the usual one', () => {
    expect(withLens('#map=1/2/3', 'damage')).toBe('#map=1/2/3&lens=damage');
    expect(withLens('#map=1/2/3&lens=damage', 'density')).toBe('#map=1/2/3');
  });
  it('comes back as it was written', () => {
    const written = withSelection(withHidden('', new Set(['a', 'b'])), {layer: 'pipeline', id: 7});
    expect(hiddenIn(written)).toEqual(new Set(['a', 'b']));
    expect(selectionIn(written)).toEqual({layer: 'pipeline', id: 7});
  });
});
