// Times of an evening by the city's clock, wherever they are looked at.

import {shanghai} from './api';

/** 23:50 */
export function clockOf(time: string | number): string {
  return new Date(time).toLocaleTimeString('en-GB', {timeZone: shanghai, hour: '2-digit', minute: '2-digit'});
}

/** 2019-12-31 */
export function dayOf(time: string | number): string {
  return new Date(time).toLocaleDateString('sv-SE', {timeZone: shanghai});
}
