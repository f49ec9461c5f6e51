import {describe, expect, it} from 'vitest';
import {RequestError} from '../api';
import {OptionalParts} from './optional-parts';

describe('a part that may not be there', () => {
  it('is left alone for a while once it was refused, and asked again after it', async () => {
    let now = 0;
    let asked = 0;
    const parts = new OptionalParts(() => now);
    const missing = () => {
      asked++;
      return Promise.reject(new RequestError(404, 'not found'));
    };
    expect(await parts.ask('forecast', missing)).toBeNull();
    expect(await parts.ask('forecast', missing)).toBeNull();
    expect(asked).toBe(1);
    expect(await parts.ask('minutes', () => Promise.resolve(7))).toBe(7);
    now = 60_000;
    expect(await parts.ask('forecast', () => Promise.resolve(8))).toBe(8);
    expect(await parts.ask('forecast', () => Promise.resolve(9))).toBe(9);
  });

  it('is not taken as missing when the server is gone', async () => {
    const parts = new OptionalParts(() => 0);
    const gone = new RequestError(0, 'no answer');
    await expect(parts.ask('forecast', () => Promise.reject(gone))).rejects.toBe(gone);
    expect(await parts.ask('forecast', () => Promise.resolve(1))).toBe(1);
  });
});
