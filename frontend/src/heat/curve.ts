// The evening so far as a line: how many people were in the core at each minute.

import {css, html, LitElement, type PropertyValues, unsafeCSS} from 'lit';
import {customElement, property, query} from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotStyles from 'uplot/dist/uPlot.min.css?inline';
import {formatCompact} from '../format';
import type {Language} from '../i18n';
import {text} from '../map/palette';
import {type Minute, shanghai} from './api';

const line = '#46d3ea';
/** CSS pixels at 1920 × 1080. */
const height = 128;
const axisSize = 46;
const fontSize = 13;

@customElement('yp-curve')
export class Curve extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) minutes: readonly Minute[] = [];
  /** The ends of the evening, RFC 3339. */
  @property() begin = '';
  @property() end = '';

  @query('div') private frame!: HTMLElement;

  #plot: uPlot | null = null;
  #resized: ResizeObserver | null = null;

  static override styles = [
    unsafeCSS(uPlotStyles),
    css`
      :host {
        display: block;
        height: calc(${height} * var(--u));
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
    return html`<div></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#plot || changed.has('begin') || changed.has('end') || changed.has('language')) this.#draw();
    else this.#plot.setData(this.#data());
  }

  #data(): uPlot.AlignedData {
    return [this.minutes.map(({time}) => Date.parse(time) / 1000), this.minutes.map(({people}) => people)];
  }

  /** A new plot: the old one has the size, or the words, of before. */
  #draw(): void {
    this.#plot?.destroy();
    const {clientWidth, clientHeight} = this;
    const unit = clientHeight / height || 1;
    const [begin, end] = [Date.parse(this.begin) / 1000, Date.parse(this.end) / 1000];
    const axis: uPlot.Axis = {
      stroke: text.plain,
      font: `${fontSize * unit}px "Yiping Sans"`,
      grid: {stroke: 'rgb(94 196 224 / 12%)', width: 1},
      ticks: {show: false},
    };
    this.#plot = new uPlot(
      {
        width: clientWidth,
        height: clientHeight,
        legend: {show: false},
        cursor: {show: false},
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), shanghai),
        scales: {x: {range: [begin, end]}, y: {range: (_, __, most) => [0, Math.max(10, most * 1.1)]}},
        axes: [
          {...axis, size: 24 * unit, gap: 4, space: 56 * unit, values: '{HH}:{mm}'},
          {
            ...axis,
            size: axisSize * unit,
            gap: 4,
            space: 26 * unit,
            values: (_, values) => values.map((value) => formatCompact(value, this.language)),
          },
        ],
        series: [{}, {stroke: line, width: 1.6 * unit, fill: 'rgb(70 211 234 / 14%)', points: {show: false}}],
      },
      this.#data(),
      this.frame,
    );
  }

  #fit(): void {
    if (this.#plot && (this.#plot.width !== this.clientWidth || this.#plot.height !== this.clientHeight)) this.#draw();
  }
}
