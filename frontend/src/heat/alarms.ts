// What is to be made of a list of alarms: their order, their state at a time, and which are new.

import type {Alarm} from './alarm-api';
import type {Level} from './api';
import {levels} from './levels';

/** A list with newer versions of its alarms, or others, in it. */
export function merged(alarms: readonly Alarm[], news: readonly Alarm[]): readonly Alarm[] {
  const byId = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  for (const alarm of news) {
    if ((byId.get(alarm.id)?.ver ?? Number.NEGATIVE_INFINITY) <= alarm.ver) byId.set(alarm.id, alarm);
  }
  return [...byId.values()];
}

/** The level that an alarm is listed by: that of now, or the highest of one that is over. */
export function listedLevel({state, level, highest}: Alarm): Level {
  return state === 'open' ? level : highest;
}

/** The level that is foreseen, or null. */
export function foreseenLevel({level, predicted}: Alarm): Level | null {
  return predicted ? (levels[levels.indexOf(level) + 1] ?? null) : null;
}

/** Open ones first, the gravest of them on top; then those that are over, the newest on top. */
export function ordered(alarms: readonly Alarm[]): readonly Alarm[] {
  return alarms.toSorted(
    (a, b) =>
      Number(b.state === 'open') - Number(a.state === 'open') ||
      (a.state === 'open' ? rank(b) - rank(a) : 0) ||
      Date.parse(b.begun) - Date.parse(a.begun),
  );
}

/** What the picture knows of its present may be so old: a round, at the greatest speed of a replay. */
const lagMs = 30 * 60_000;

/** The alarms of the present, without those that are left of an earlier play of the same evening. */
export function ofThisPlay(alarms: readonly Alarm[], now: number): readonly Alarm[] {
  return alarms.filter(
    ({cause, begun, ended}) => cause !== 'rewound' && cause !== 'stopped' && Date.parse(ended ?? begun) <= now + lagMs,
  );
}

/** The alarms as far as they had come by a time; what they became later is not known then. */
export function alarmsAt(alarms: readonly Alarm[], at: number): readonly Alarm[] {
  return alarms
    .filter(({begun}) => Date.parse(begun) <= at)
    .map((alarm) =>
      alarm.ended !== null && Date.parse(alarm.ended) > at
        ? {...alarm, level: alarm.highest, state: 'open', ended: null}
        : alarm,
    );
}

/** The gravest that an alarm tells of: the level that is there, or the one that is foreseen if it is one of danger. */
export function gravest(alarm: Alarm): {readonly level: Level; readonly predicted: boolean} {
  const next = foreseenLevel(alarm);
  return next && isDanger(next) && !isDanger(alarm.level)
    ? {level: next, predicted: true}
    : {level: alarm.level, predicted: false};
}

/** Whether an alarm must be seen by everybody at once: danger, and nobody has seen to it. */
export function isUrgent(alarm: Alarm): boolean {
  return alarm.state === 'open' && alarm.acknowledged === null && isDanger(gravest(alarm).level);
}

/** Names an alarm at a level: it is news again when it rises, or comes true. */
export function noticeOf(alarm: Alarm): string {
  const {level, predicted} = gravest(alarm);
  return `${alarm.id} ${level} ${predicted}`;
}

function isDanger(level: Level): boolean {
  return level === 'alarm' || level === 'critical';
}

/** The gravest first; of two equal ones the one that is going to be worse. */
function rank({level, predicted}: Alarm): number {
  return levels.indexOf(level) * 2 + Number(predicted);
}
