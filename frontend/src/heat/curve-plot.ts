// How the curve is plotted: its axes, lines and bands.

import uPlot from 'uplot';
import {formatCompact} from '../format';
import type {Language} from '../i18n';
import {text} from '../map/palette';
import {shanghai} from './api';
import {column} from './curve-data';

/** Colours of the lines, which the legend beside the curve uses too. */
export const lines = {
  actual: '#46d3ea',
  ahead: '#eefaff',
  foreseen: '#8d7fd6',
  band80: 'rgb(238 250 255 / 17%)',
  band95: 'rgb(238 250 255 / 8%)',
} as const;

/** Units between the edges of the element and the plot: the slider below it has the same. */
export const plotInset = {left: 52, right: 28, top: 10} as const;
const bottomAxis = 22;
const fontSize = 14;

export interface PlotLook {
  readonly width: number;
  readonly height: number;
  /** CSS pixels to a unit of the wall. */
  readonly unit: number;
  readonly language: Language;
  /** Unix ms. */
  readonly begin: number;
  readonly end: number;
}

export function plotOptions({width, height, unit, language, begin, end}: PlotLook): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: text.plain,
    font: `${fontSize * unit}px "Yiping Sans"`,
    grid: {stroke: 'rgb(94 196 224 / 10%)', width: 1},
    ticks: {show: false},
    gap: 4 * unit,
  };
  const line = (series: Partial<uPlot.Series>): uPlot.Series => ({
    points: {show: false},
    spanGaps: false,
    ...series,
  });
  const edge = line({width: 0});
  const series: uPlot.Series[] = [];
  series[column.time] = {};
  series[column.actual] = line({stroke: lines.actual, width: 2 * unit, fill: 'rgb(70 211 234 / 13%)'});
  series[column.foreseen] = line({stroke: lines.foreseen, width: 1.2 * unit});
  series[column.ahead] = line({stroke: lines.ahead, width: 1.6 * unit, dash: [5 * unit, 4 * unit]});
  series[column.high80] = series[column.low80] = edge;
  // The outer band may leave the picture: it must not press the lines flat.
  series[column.high95] = series[column.low95] = {...edge, auto: false};
  return {
    width,
    height,
    padding: [plotInset.top * unit, plotInset.right * unit, 0, 0],
    legend: {show: false},
    cursor: {y: false, points: {show: false}, drag: {x: false, y: false, setScale: false}},
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), shanghai),
    scales: {x: {range: [begin / 1000, end / 1000]}, y: {range: (_, __, most) => [0, Math.max(10, most * 1.12)]}},
    axes: [
      {...axis, size: bottomAxis * unit, space: 60 * unit, values: '{HH}:{mm}'},
      {
        ...axis,
        size: plotInset.left * unit,
        space: 30 * unit,
        values: (_, values) => values.map((value) => formatCompact(value, language)),
      },
    ],
    series,
    bands: [
      {series: [column.high95, column.low95], fill: lines.band95},
      {series: [column.high80, column.low80], fill: lines.band80},
    ],
  };
}
