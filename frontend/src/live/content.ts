// What the kinds of subscription make of their frames.

import {ColumnWriter} from './columns';
import type {BBox, Camera, Columns, DataFrame, DeltaFrame, LiveEvent, StreamInfo, TileAddress} from './protocol';
import {contains, RowTable} from './rows';

/** What a subscription does with its frames. It never sees one that is out of the chain. */
export interface Content {
  /** Fields of the frame that subscribes. */
  options(camera: Camera): object;
  /** The server begins anew in an area, from now on; what was read before may be older. */
  begun(area: BBox | null): void;
  take(frame: DataFrame): void;
}

/** Rows: all there are, after each change that the server sent together. */
export class RowContent implements Content {
  readonly #table = new RowTable();
  readonly #writer = new ColumnWriter();
  /** Whether there is something to be shown, and whether it waits for the end of the flush. */
  changed = false;
  complete = false;

  /** Whether the rows of the stream are cells, and not counts where they have a resolution. */
  constructor(private readonly cells: boolean) {}

  options(): object {
    return {sync: true};
  }

  begun(): void {}

  take(frame: DataFrame): void {
    if (frame.f === 'snap' && this.#table.snap(frame)) this.changed = this.complete = true;
    if (frame.f === 'delta' && this.#table.delta(frame)) this.changed = true;
  }

  columns(fields: StreamInfo['fields']): Columns {
    this.changed = this.complete = false;
    const counted = this.cells || this.#table.lod === 'objects' ? fields : [{name: 'n', type: 'integer'}];
    return this.#writer.write(this.#table.rows, this.#table.lod, counted);
  }
}

/** Tiles: the addresses of those that changed; null means any in view. */
export class TileContent implements Content {
  constructor(private readonly tell: (tiles: readonly TileAddress[] | null) => void) {}

  options({tz}: Camera): object {
    return {as: 'tiles', tz};
  }

  begun(): void {
    this.tell(null);
  }

  take(frame: DataFrame): void {
    if (frame.f !== 'tiles') return;
    if (frame.all) this.tell(null);
    else if (frame.tiles) this.tell(frame.tiles.map(([z, x, y]) => ({z, x, y})));
  }
}

/** Changes: where a row has come to be or become another. What is there already is not read. */
export class ChangeContent implements Content {
  #area: BBox | null = null;

  constructor(private readonly tell: (lonLat: Float64Array<ArrayBuffer>) => void) {}

  options(): object {
    return {init: 'none'};
  }

  begun(area: BBox | null): void {
    this.#area = area;
  }

  take(frame: DataFrame): void {
    if (frame.f === 'delta') this.#changed(frame);
  }

  #changed({up, bbox}: DeltaFrame): void {
    // With another area come the rows that are new in it: they have not changed.
    const area = this.#area;
    const rows = bbox && area ? up.filter((row) => contains(area, row)) : up;
    this.#area = bbox ?? this.#area;
    if (rows.length > 0) this.tell(Float64Array.from(rows.flatMap(({lon, lat}) => [lon, lat])));
  }
}

/** An event is at most so many later ones old when it is told a second time. */
const remembered = 10_000;

/** Events: each once, though the server may send one again. */
export class EventContent implements Content {
  readonly #seen = new Set<string>();

  constructor(private readonly tell: (events: readonly LiveEvent[]) => void) {}

  options(): object {
    return {};
  }

  begun(): void {}

  take(frame: DataFrame): void {
    if (frame.f !== 'event' || this.#seen.has(frame.id)) return;
    this.#seen.add(frame.id);
    for (const id of this.#seen) {
      if (this.#seen.size <= remembered) break;
      this.#seen.delete(id);
    }
    const {id, t, kind, key, ver, body} = frame;
    this.tell([{id, t, kind, key, ver, body}]);
  }
}
