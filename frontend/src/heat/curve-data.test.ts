import {describe, expect, it} from 'vitest';
import {column, columnsOf} from './curve-data';

const minute = 60_000;
const fan = (t: number, n: number) => ({t, n, low80: n - 10, high80: n + 10, low95: n - 20, high95: n + 20});

describe('the columns of the curve', () => {
  it('are in order of time, with the fan from the end of the line', () => {
    const data = columnsOf(
      [
        {t: 0, n: 100},
        {t: minute, n: 110},
      ],
      [{t: 2 * minute, n: 105}],
      [fan(0, 50), fan(5 * minute, 150)],
    );
    expect(data[column.time]).toEqual([0, 60, 120, 300]);
    expect(data[column.actual]?.slice(0, 2)).toEqual([100, 110]);
    expect(data[column.foreseen]?.[2]).toBe(105);
    // What was foreseen for before the end of the line is left out.
    expect(data[column.ahead]?.[0]).toBeUndefined();
    expect([1, 3].map((i) => data[column.ahead]?.[i])).toEqual([110, 150]);
    expect([1, 3].map((i) => data[column.low80]?.[i])).toEqual([110, 140]);
    expect([1, 3].map((i) => data[column.high95]?.[i])).toEqual([110, 170]);
  });

  it('break the line where minutes are missing', () => {
    const data = columnsOf(
      [
        {t: 0, n: 1},
        {t: 10 * minute, n: 2},
      ],
      [],
      [],
    );
    expect(data[column.time]).toEqual([0, 60, 600]);
    expect(data[column.actual]).toEqual([1, null, 2]);
  });

  it('have nothing ahead without a forecast', () => {
    expect(columnsOf([{t: 0, n: 1}], [], [])[column.ahead]?.[0]).toBeUndefined();
  });
});
