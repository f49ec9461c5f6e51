// Writes rows as columns that can be handed to another thread without a copy.

import type {Columns, Row, StreamInfo, Words} from './protocol';

/** What a column of words has for a row without a value. */
const none = '';
const manyWords = 0xffff;

/** Writes the rows of one want, again and again; it remembers which handle stands for which key. */
export class ColumnWriter {
  #handles = new Map<string, number>();
  #next = 0;

  write(rows: ReadonlyMap<string, Row>, lod: string, fields: StreamInfo['fields']): Columns {
    const all = [...rows.values()];
    const handles = new Map<string, number>();
    const named: [number, string][] = [];
    for (const {k} of all) {
      const known = this.#handles.get(k);
      const handle = known ?? this.#next++;
      if (known === undefined) named.push([handle, k]);
      handles.set(k, handle);
    }
    this.#handles = handles;
    return {
      lod,
      handle: Uint32Array.from(handles.values()),
      t: Float64Array.from(all, ({t}) => t),
      lon: Float64Array.from(all, ({lon}) => lon),
      lat: Float64Array.from(all, ({lat}) => lat),
      numbers: Object.fromEntries(
        fields.filter(({type}) => type !== 'string').map(({name}) => [name, numbers(all, name)]),
      ),
      words: Object.fromEntries(fields.filter(({type}) => type === 'string').map(({name}) => [name, words(all, name)])),
      named,
    };
  }
}

/** The buffers of columns, which go to the other thread with them. */
export function buffersOf({handle, t, lon, lat, numbers, words}: Columns): ArrayBuffer[] {
  return [
    handle.buffer,
    t.buffer,
    lon.buffer,
    lat.buffer,
    ...Object.values(numbers).map(({buffer}) => buffer),
    ...Object.values(words).map(({codes}) => codes.buffer),
  ];
}

function numbers(rows: readonly Row[], field: string): Float64Array<ArrayBuffer> {
  return Float64Array.from(rows, (row) => {
    const value = row[field];
    return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : Number.NaN;
  });
}

function words(rows: readonly Row[], field: string): Words {
  const codes = new Map<string, number>([[none, 0]]);
  const column = Uint16Array.from(rows, (row) => {
    const word = typeof row[field] === 'string' ? (row[field] as string) : none;
    const known = codes.get(word);
    if (known !== undefined) return known;
    if (codes.size >= manyWords) return 0; // a code more would not fit its 16 bits
    codes.set(word, codes.size);
    return codes.size - 1;
  });
  return {codes: column, words: [...codes.keys()]};
}
