// The alarms of crowded places, as the server keeps them.

import {getJSON, RequestError} from '../api';
import {type Level, withQuery} from './api';

/** Who has seen to an alarm. */
export interface Acknowledged {
  readonly at: string;
  readonly by: string;
  readonly note: string;
}

/** An alarm, in the server's own names; times are RFC 3339. */
export interface Alarm {
  readonly id: string;
  /** The run that it is of, empty for what is heard now. */
  readonly run: string;
  readonly place: string;
  readonly name: string;
  readonly name_en: string;
  /** That of the place; calm once the alarm is over. */
  readonly level: Level;
  readonly highest: Level;
  /** Whether the next level is foreseen, and for when. */
  readonly predicted: boolean;
  readonly foreseen_for: string | null;
  readonly state: 'open' | 'closed';
  readonly begun: string;
  readonly ended: string | null;
  /** Why it ended. */
  readonly cause: 'calm' | 'rewound' | 'stopped' | 'removed' | null;
  readonly peak_density: number;
  readonly peak_devices: number;
  readonly acknowledged: Acknowledged | null;
  readonly synthetic: boolean;
  readonly ver: number;
}

/** The newest are enough for a list. */
const listed = 100;

export async function fetchAlarms(run: string, signal: AbortSignal): Promise<readonly Alarm[]> {
  const {alarms} = await getJSON<{alarms: readonly Alarm[]}>(
    withQuery('/heat/alarms', {run, state: 'all', limit: String(listed)}),
    signal,
  );
  return alarms;
}

/** Says that somebody has seen to an alarm; a RequestError of 409 says that another had before. */
export async function acknowledge(id: string, by: string, note: string): Promise<Alarm> {
  const path = `/heat/alarms/${encodeURIComponent(id)}/acknowledgement`;
  const answer = await fetch(path, {
    method: 'POST',
    body: JSON.stringify({by, note}),
    headers: {'Content-Type': 'application/json'},
  });
  if (!answer.ok) throw new RequestError(answer.status, `${answer.status} POST ${path}`);
  return (await answer.json()) as Alarm;
}
