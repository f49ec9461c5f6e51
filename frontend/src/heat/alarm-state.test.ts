import type {ReactiveControllerHost} from 'lit';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {Alarm} from './alarm-api';
import {AlarmState} from './alarm-state';

const alarm = (id: string, more: Partial<Alarm> = {}): Alarm => ({
  id,
  run: 'bund-2019',
  place: 'bund',
  name: '外滩',
  name_en: 'Bund',
  level: 'alarm',
  highest: 'alarm',
  predicted: false,
  foreseen_for: null,
  state: 'open',
  begun: '2019-12-31T12:00:00Z',
  ended: null,
  cause: null,
  peak_density: 5.1,
  peak_devices: 110_000,
  acknowledged: null,
  synthetic: true,
  ver: 1,
  ...more,
});
const event = (body: Alarm) => ({
  id: `${body.id}.${body.ver}`,
  t: 0,
  kind: 'begun',
  key: body.id,
  ver: body.ver,
  body: {...body},
});

/** What the server answers: its list, and what it says to an acknowledgement. */
let list: readonly Alarm[] = [];
let acknowledgement = new Response();
/** Hears of each update of what is shown. */
let shown = () => {};
let state: AlarmState;

beforeEach(() => {
  list = [];
  shown = () => {};
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(path.endsWith('/acknowledgement') ? acknowledgement : Response.json({alarms: list})),
  );
  const host = {addController: () => undefined, requestUpdate: () => shown()};
  state = new AlarmState(host as unknown as ReactiveControllerHost, () => 'bund-2019');
});
afterEach(() => {
  state.hostDisconnected();
  vi.unstubAllGlobals();
});

async function begin(...alarms: readonly Alarm[]): Promise<void> {
  list = alarms;
  await new Promise<void>((resolve) => {
    shown = resolve;
    state.hostConnected();
  });
}

describe('an alarm', () => {
  it('is no news when it was there before somebody looked', async () => {
    await begin(alarm('old'));
    expect(state.alarms.map(({id}) => id)).toEqual(['old']);
    expect(state.news).toBeNull();
  });

  it('is news when the stream tells of it, until it is dismissed', async () => {
    await begin();
    state.told([event(alarm('new'))]);
    expect(state.news?.id).toBe('new');
    state.dismiss();
    state.told([event(alarm('new', {ver: 2, peak_density: 5.3}))]);
    expect(state.news).toBeNull();
    state.told([event(alarm('new', {ver: 3, level: 'critical', highest: 'critical'}))]);
    expect(state.news?.level).toBe('critical');
  });

  it('of another run is not taken', async () => {
    await begin();
    state.told([event(alarm('other', {run: ''}))]);
    expect(state.alarms).toEqual([]);
  });

  it('is no news any more once it is acknowledged', async () => {
    await begin();
    state.told([event(alarm('new'))]);
    const acknowledged = {at: '2026-11-22T12:00:00Z', by: '王', note: ''};
    acknowledgement = Response.json(alarm('new', {ver: 2, acknowledged}));
    await state.acknowledge('new', '王', '');
    expect(state.news).toBeNull();
    expect(state.alarms[0]?.acknowledged?.by).toBe('王');
    expect(state.fault).toBe('');
  });

  it('says so when another was faster', async () => {
    await begin(alarm('a'));
    acknowledgement = new Response('{}', {status: 409});
    await state.acknowledge('a', '李', '');
    expect(state.fault).toBe('taken');
  });
});
