// The stored minutes as a track: drag, click or use the keys to look at any of them.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property, query} from 'lit/decorators.js';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import {clockOf} from './clock';
import type {Stored} from './history-api';
import {keyMove, minuteMs} from './timeline';

/** Something to be seen on the track. */
export interface Tick {
  /** Unix ms. */
  readonly t: number;
  readonly colour: string;
  readonly title: string;
}

@customElement('yp-time-slider')
export class TimeSlider extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  /** The span of the track, Unix ms. */
  @property({type: Number}) begin = 0;
  @property({type: Number}) end = 0;
  @property({attribute: false}) stored: Stored | null = null;
  /** The minute that is shown, null for the present; and the present. */
  @property({attribute: false}) at: number | null = null;
  @property({type: Number}) now = 0;
  @property({attribute: false}) ticks: readonly Tick[] = [];

  @query('.track') private track!: HTMLElement;

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .track {
        position: relative;
        height: calc(20 * var(--u));
        cursor: pointer;
        touch-action: none;
      }
      .track i {
        position: absolute;
        left: calc(var(--at) * 100%);
        top: calc(8 * var(--u));
        height: calc(4 * var(--u));
      }
      .rail {
        width: 100%;
        background: rgb(94 196 224 / 14%);
      }
      .stored {
        width: calc(var(--for) * 100%);
        background: rgb(70 211 234 / 55%);
      }
      .gap {
        width: calc(var(--for) * 100%);
        background: #0c2036;
      }
      .track .tick {
        top: calc(3 * var(--u));
        width: calc(3 * var(--u));
        height: calc(14 * var(--u));
        translate: -50%;
        background: var(--tick);
      }
      .track .now {
        top: calc(4 * var(--u));
        width: calc(2 * var(--u));
        height: calc(12 * var(--u));
        translate: -50%;
        background: #eefaff;
      }
      .track .thumb {
        top: calc(2 * var(--u));
        width: calc(16 * var(--u));
        height: calc(16 * var(--u));
        translate: -50%;
        border: calc(3 * var(--u)) solid var(--accent);
        border-radius: 50%;
        background: var(--navy);
      }
      .past .thumb {
        border-color: #eefaff;
        background: var(--accent);
      }
    `,
  ];

  protected override render() {
    const {language, stored, at, now, begin, end} = this;
    if (!stored || end <= begin) return nothing;
    const shown = at ?? now;
    const text = at === null ? `${translate(language, 'live')} ${clockOf(now)}` : clockOf(at);
    return html`<div
      class="track ${at === null ? '' : 'past'}"
      role="slider"
      tabindex="0"
      aria-label=${translate(language, 'timeSlider')}
      aria-valuemin=${this.#minutes(stored.first)}
      aria-valuemax=${this.#minutes(Math.max(now, stored.last))}
      aria-valuenow=${this.#minutes(shown)}
      aria-valuetext=${text}
      @keydown=${this.#key}
      @pointerdown=${this.#grab}
      @pointermove=${this.#drag}
    >
      <i class="rail" style="--at:0"></i>
      <i class="stored" style=${this.#span(stored.first, stored.last)}></i>
      ${stored.gaps.map(([from, to]) => html`<i class="gap" style=${this.#span(from, to)}></i>`)}
      ${this.ticks.map(
        ({t, colour, title}) =>
          html`<i class="tick" title=${title} style="--tick:${colour};--at:${this.#share(t)}"></i>`,
      )}
      <i class="now" style="--at:${this.#share(now)}"></i>
      <i class="thumb" style="--at:${this.#share(shown)}"></i>
    </div>`;
  }

  #minutes(t: number): number {
    return Math.round((t - this.begin) / minuteMs);
  }

  /** Where a time is, from 0 to 1. */
  #share(t: number): number {
    return Math.min(1, Math.max(0, (t - this.begin) / (this.end - this.begin)));
  }

  #span(from: number, to: number): string {
    return `--at:${this.#share(from)};--for:${this.#share(to) - this.#share(from)}`;
  }

  #key(event: KeyboardEvent): void {
    if (!this.stored) return;
    const at = keyMove(event.key, this.at ?? this.now, this.stored);
    if (at === undefined) return;
    event.preventDefault();
    this.#seek(at);
  }

  #grab(event: PointerEvent): void {
    this.track.setPointerCapture(event.pointerId);
    this.#seek(this.#under(event));
  }

  #drag(event: PointerEvent): void {
    if (this.track.hasPointerCapture(event.pointerId)) this.#seek(this.#under(event));
  }

  #under({clientX}: PointerEvent): number {
    const {left, width} = this.track.getBoundingClientRect();
    return this.begin + ((clientX - left) / width) * (this.end - this.begin);
  }

  #seek(at: number | null): void {
    this.dispatchEvent(new CustomEvent('seek', {detail: at, bubbles: true, composed: true}));
  }
}
