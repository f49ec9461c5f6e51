import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {decodeBinary} from './binary';
import {spellCells} from './cells';
import {RowContent} from './content';
import type {StreamInfo} from './protocol';
import {Subscription} from './subscription';

/** Frames that the server's encoder wrote, one a line: its own tests hold them to the layout. */
const golden = readFileSync(new URL('../../../stream/testdata/cells.golden.hex', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => Uint8Array.from(line.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)).buffer);

const info: StreamInfo = {
  name: 'heat',
  class: 'STATE',
  schema: 2,
  agg: false,
  metrics: ['n', 'synthetic'],
  fields: [
    {name: 'n', type: 'integer'},
    {name: 'synthetic', type: 'boolean'},
  ],
};

function spelled(frame: number) {
  const decoded = golden[frame] && decodeBinary(golden[frame]);
  if (decoded?.f !== 'cells') throw new Error('no frame of cells');
  return spellCells(decoded, info);
}

const row = (k: string, ver: number, n: number, lon: number, lat: number) => ({
  k,
  ver,
  t: 1_577_808_000_000,
  lon: expect.closeTo(lon, 2),
  lat: expect.closeTo(lat, 2),
  n,
  synthetic: true,
});

describe('a frame of cells', () => {
  it('says what the frame in JSON says', () => {
    expect(spelled(0)).toEqual({
      f: 'snap',
      sid: 1,
      epoch: '',
      cut: 1,
      part: 1,
      of: 1,
      lod: 'h3:9',
      rows: [row('893099125bbffff', 1, 1, 121.75, 31.75), row('893099cf357ffff', 1, 2, 121.5, 31.5)],
    });
    expect(spelled(1)).toEqual({
      f: 'delta',
      sid: 1,
      from: 1,
      to: 2,
      part: 1,
      of: 1,
      up: [row('893099cf357ffff', 2, 1, 121.5, 31.5)],
      leave: [],
      del: ['893099125bbffff'],
    });
  });

  it('is no frame if it is cut off', () => {
    for (const bytes of golden) {
      for (let n = 0; n < bytes.byteLength; n++) expect(decodeBinary(bytes.slice(0, n))).toBeNull();
    }
  });

  it('becomes columns of the fields, and not counts', () => {
    const content = new RowContent(true);
    const subscription = new Subscription({id: 'heat', stream: 'heat', as: 'rows'}, info, content);
    subscription.accepted({f: 'ok', ref: 1, sid: 1, epoch: 'e', seq: 0, resumed: false});
    for (const bytes of golden) {
      const frame = decodeBinary(bytes);
      expect(frame && subscription.take(frame)).toBe(true);
    }
    const {lod, numbers, named} = content.columns(subscription.fields);
    expect({lod, named, n: [...(numbers.n ?? [])], synthetic: [...(numbers.synthetic ?? [])]}).toEqual({
      lod: 'h3:9',
      named: [[0, '893099cf357ffff']],
      n: [1],
      synthetic: [1],
    });
  });
});

describe('a camera over cells', () => {
  const bbox = [121, 31, 122, 32] as const;
  const told = (zoom: number, schema: number) => {
    const subscription = new Subscription({id: 'a', stream: 'a', as: 'rows'}, {...info, schema}, new RowContent(true));
    subscription.request({bbox, zoom: 13, tz: []});
    subscription.accepted({f: 'ok', ref: 1, sid: 1, epoch: 'e', seq: 0, resumed: false, bbox});
    return subscription.look({bbox: [121.2, 31.2, 121.8, 31.8], zoom, tz: []}) !== null;
  };

  it('is told of when it asks for another resolution', () => {
    expect([13.2, 13.6, 12.1, 11.9].map((zoom) => told(zoom, 2))).toEqual([false, true, false, true]);
    expect(told(13.6, 1)).toBe(false);
  });
});
