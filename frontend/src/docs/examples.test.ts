import {expect, it} from 'vitest';
import {examples, quickStart} from './examples';

it('shows the address that the reader came by', () => {
  const all = examples('https://city.example.org');
  expect(all.map(({id}) => id)).toEqual(['curl', 'python', 'owslib', 'qgis', 'maplibre']);
  for (const {id, text} of all) {
    expect(text, id).toContain('https://city.example.org');
    expect(text, id).not.toContain('127.0.0.1');
  }
  expect(quickStart('https://city.example.org')).toContain("'https://city.example.org/ogc/collections'");
});
