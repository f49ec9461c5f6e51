// The keys of the handles in binary frames of one subscription. A handle is named when it first
// appears, and stands for the same key from then on.

import {type MoversFrame, syntheticBit, unknown16} from './binary';
import type {DeltaFrame, Row, SnapFrame} from './protocol';

export class Handles {
  readonly #keys = new Map<number, string>();

  /** The frame as it would be in JSON; null if it names a handle that nobody has explained. */
  spell(frame: MoversFrame): SnapFrame | DeltaFrame | null {
    const {kind, sid, from, to, part, of, bbox} = frame;
    for (const [handle, key] of frame.names) this.#keys.set(handle, key);
    const rows = this.#rows(frame);
    if (!rows) return null;
    if (kind === 'snap') return {f: 'snap', sid, epoch: '', cut: to, part, of, lod: 'objects', rows};
    const parts = {part, of, ...(bbox ? {bbox} : {})};
    return {
      f: 'delta',
      sid,
      from,
      to,
      ...parts,
      up: rows,
      leave: this.#named(frame.leave),
      del: this.#named(frame.del),
    };
  }

  #rows(frame: MoversFrame): Row[] | null {
    const rows: Row[] = [];
    for (let i = 0; i < frame.handle.length; i++) {
      const k = this.#keys.get(at(frame.handle, i));
      if (k === undefined) return null;
      const [speed, heading, age, state] = [frame.speed, frame.heading, frame.age, frame.state].map((c) =>
        at(c, i),
      ) as [number, number, number, number];
      rows.push({
        k,
        ver: frame.to,
        t: age === unknown16 ? 0 : frame.now - age * 100,
        lon: at(frame.lon, i) / 1e7,
        lat: at(frame.lat, i) / 1e7,
        ...(speed === unknown16 ? {} : {s: speed / 100}),
        ...(heading === unknown16 ? {} : {h: heading / 100}),
        st: state & ~syntheticBit,
        synthetic: (state & syntheticBit) !== 0,
      });
    }
    return rows;
  }

  /** The keys of handles; what was never here cannot leave. */
  #named(handles: Uint32Array): string[] {
    return [...handles].flatMap((handle) => this.#keys.get(handle) ?? []);
  }
}

function at(column: ArrayLike<number>, i: number): number {
  return column[i] ?? 0;
}
