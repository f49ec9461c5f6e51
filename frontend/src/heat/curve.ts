// A place over time: how many were there, how many are foreseen and were foreseen, where the levels
// of the ladder begin, and what was published.

import {css, html, LitElement, nothing, type PropertyValues, unsafeCSS} from 'lit';
import {customElement, property, query, state} from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotStyles from 'uplot/dist/uPlot.min.css?inline';
import {formatInteger} from '../format';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import type {Fact} from './api';
import {clockOf} from './clock';
import {column, columnsOf} from './curve-data';
import {drawMarks, type Marks} from './curve-marks';
import {plotOptions} from './curve-plot';
import {noCurve, type PlaceCurve} from './curve-source';
import type {Count} from './history-api';
import type {Threshold} from './levels';
import {minuteMs} from './timeline';

/** A fact is told where the pointer is so near, in minutes of the evening. */
const factReachMinutes = 8;
const foreseenReachMs = 3 * minuteMs;

@customElement('yp-curve')
export class Curve extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) curve: PlaceCurve = noCurve;
  @property({attribute: false}) thresholds: readonly Threshold[] = [];
  @property({attribute: false}) facts: readonly Fact[] = [];
  /** The span that is drawn, and the moment of the picture; Unix ms. */
  @property({type: Number}) begin = 0;
  @property({type: Number}) end = 0;
  @property({type: Number}) moment = 0;
  @state() private hovered: {readonly index: number; readonly left: number} | null = null;

  @query('.plot') private frame!: HTMLElement;

  #plot: uPlot | null = null;
  #resized: ResizeObserver | null = null;

  static override styles = [
    base,
    unsafeCSS(uPlotStyles),
    css`
      :host {
        display: block;
        position: relative;
        min-height: 0;
      }
      .plot {
        position: absolute;
        inset: 0;
      }
      .u-cursor-x {
        border-right: 1px solid var(--text-faint);
      }
      .readout {
        position: absolute;
        z-index: 1;
        top: calc(4 * var(--u));
        left: calc(var(--left) * 1px + 10 * var(--u));
        padding: calc(4 * var(--u)) calc(9 * var(--u));
        pointer-events: none;
        background: var(--panel-solid);
        border: 1px solid var(--line-strong);
        font-size: calc(14 * var(--u));
        line-height: 1.4;
        white-space: nowrap;
      }
      .readout.left {
        left: auto;
        right: calc(100% - var(--left) * 1px + 10 * var(--u));
      }
      .readout b {
        font-weight: 600;
      }
      .readout .plain {
        color: var(--text-plain);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized = new ResizeObserver(() => this.#fit());
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  protected override render() {
    return html`<div class="plot"></div>${this.hovered ? this.readout(this.hovered) : nothing}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#plot || changed.has('begin') || changed.has('end') || changed.has('language')) this.#draw();
    else if (changed.has('curve')) this.#plot.setData(this.#data());
    else if (changed.has('moment') || changed.has('thresholds') || changed.has('facts')) this.#plot.redraw(false);
  }

  /** What the lines say at the pointer. */
  private readout({index, left}: {index: number; left: number}) {
    const data = this.#plot?.data;
    const seconds = data?.[column.time][index];
    if (!data || seconds === undefined || seconds === null) return nothing;
    const {language} = this;
    const at = (place: number) => data[place]?.[index] ?? null;
    const [actual, ahead] = [at(column.actual), at(column.ahead)];
    // What was foreseen has fewer points than there are minutes.
    const foreseen = nearest(this.curve.foreseen, seconds * 1000)?.n ?? null;
    const [low, high] = [at(column.low80), at(column.high80)];
    const fact = this.facts.find(({time}) => Math.abs(Date.parse(time) / 1000 - seconds) <= factReachMinutes * 60);
    const rightHalf = left > this.clientWidth / 2;
    return html`<div class="readout ${rightHalf ? 'left' : ''}" style="--left:${left}">
      <b>${clockOf(seconds * 1000)}</b>
      ${actual === null ? nothing : html`<div>${translate(language, 'curveActual')} <b>${formatInteger(actual)}</b></div>`}
      ${
        actual !== null || ahead === null
          ? nothing
          : html`<div>
            ${translate(language, 'curveAhead')} <b>${formatInteger(ahead)}</b>
            ${low === null || high === null ? nothing : html`<span class="plain">80% ${formatInteger(low)}–${formatInteger(high)}</span>`}
          </div>`
      }
      ${foreseen === null ? nothing : html`<div class="plain">${translate(language, 'curveForeseen')} ${formatInteger(foreseen)}</div>`}
      ${fact ? html`<div class="plain">◇ ${translate(language, 'published')} · ${fact.title[language]}</div>` : nothing}
    </div>`;
  }

  #data(): uPlot.AlignedData {
    const {actual, foreseen, forecast} = this.curve;
    return columnsOf(actual, foreseen, forecast?.points ?? []);
  }

  get #marks(): Marks {
    const {thresholds, facts, moment, language} = this;
    return {thresholds, facts, moment, language};
  }

  /** A new plot: the old one has the size, or the words, of before. */
  #draw(): void {
    this.#plot?.destroy();
    const {clientWidth: width, clientHeight: height, language, begin, end} = this;
    if (width === 0 || height === 0) return;
    const options = plotOptions({width, height, unit: unitOf(this), language, begin, end});
    this.#plot = new uPlot(
      {
        ...options,
        hooks: {
          drawAxes: [(plot) => drawMarks(plot, this.#marks, unitOf(this))],
          setCursor: [(plot) => this.#hover(plot)],
        },
      },
      this.#data(),
      this.frame,
    );
    this.#plot.over.addEventListener('click', ({offsetX}) => this.#seek(offsetX));
  }

  #hover({cursor: {idx, left}, over}: uPlot): void {
    const outside = idx === null || idx === undefined || left === undefined || left < 0;
    this.hovered = outside ? null : {index: idx, left: left + over.offsetLeft};
  }

  #seek(x: number): void {
    const seconds = this.#plot?.posToVal(x, 'x');
    if (seconds === undefined) return;
    this.dispatchEvent(new CustomEvent('seek', {detail: seconds * 1000, bubbles: true, composed: true}));
  }

  #fit(): void {
    const {clientWidth: width, clientHeight: height} = this;
    if (!this.#plot || this.#plot.width !== width || this.#plot.height !== height) this.#draw();
  }
}

/** The count nearest to a time, if one is so near that it stands for it. */
function nearest(counts: readonly Count[], t: number): Count | null {
  const near = counts.reduce<Count | null>(
    (best, one) => (best === null || Math.abs(one.t - t) < Math.abs(best.t - t) ? one : best),
    null,
  );
  return near && Math.abs(near.t - t) <= foreseenReachMs ? near : null;
}

/** The wall's unit in CSS pixels, where an element stands. */
function unitOf(element: Element): number {
  // The size of text is 15 units (theme.css).
  return Number.parseFloat(getComputedStyle(element).fontSize) / 15;
}
