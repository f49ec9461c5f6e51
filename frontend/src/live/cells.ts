// Rows of streams of H3 cells, from their binary frames.

import {cellToLatLng} from 'h3-js';
import type {CellColumn, CellsFrame} from './binary';
import type {DeltaFrame, Row, SnapFrame, StreamInfo} from './protocol';

/** The frame as it would be in JSON: a cell is where its centre is. */
export function spellCells(frame: CellsFrame, {metrics = [], fields}: StreamInfo): SnapFrame | DeltaFrame {
  const {kind, sid, from, to, part, of, bbox, resolution} = frame;
  const columns = metrics.map((name, i) => {
    const values = frame.metrics[i];
    const truth = fields.some((field) => field.name === name && field.type === 'boolean');
    return (row: number): [string, number | boolean] => [name, truth ? values?.[row] !== 0 : (values?.[row] ?? 0)];
  });
  const rows = keysOf(frame.cells).map((k, i): Row => {
    const [lat, lon] = cellToLatLng(k);
    return {k, ver: to, t: frame.now, lon, lat, ...Object.fromEntries(columns.map((column) => column(i)))};
  });
  if (kind === 'snap') return {f: 'snap', sid, epoch: '', cut: to, part, of, lod: `h3:${resolution}`, rows};
  const parts = {part, of, ...(bbox ? {bbox} : {})};
  return {f: 'delta', sid, from, to, ...parts, up: rows, leave: keysOf(frame.leave), del: keysOf(frame.del)};
}

/** Cells as the keys that they have in JSON. */
function keysOf({lower, upper}: CellColumn): string[] {
  return Array.from(lower, (low, i) => (upper[i] ?? 0).toString(16) + low.toString(16).padStart(8, '0'));
}

/** The zooms below which the server chooses a resolution; beyond the last it is finer. */
const steps: readonly (readonly [below: number, resolution: number])[] = [
  [9, 6],
  [10.5, 7],
  [12, 8],
  [13.5, 9],
  [15, 10],
  [16.5, 11],
];

/** Whether cameras at two zooms may be shown cells of different resolutions. */
export function refocuses(zoom: number, other: number): boolean {
  return resolutionAt(zoom) !== resolutionAt(other);
}

function resolutionAt(zoom: number): number {
  return steps.find(([below]) => zoom < below)?.[1] ?? 12;
}
