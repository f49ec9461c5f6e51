// What is drawn behind the lines of a curve: levels, published facts and the moment of the picture.

import type uPlot from 'uplot';
import {formatCompact} from '../format';
import {type Language, translate} from '../i18n';
import {heatLevels, text} from '../map/palette';
import type {Fact} from './api';
import {levelWords, type Threshold} from './levels';

export interface Marks {
  readonly thresholds: readonly Threshold[];
  readonly facts: readonly Fact[];
  /** Unix ms; 0 for none. */
  readonly moment: number;
  readonly language: Language;
}

const fontSize = 13;

/** Draws the marks on a plot, at so many CSS pixels to a unit of the wall. */
export function drawMarks(plot: uPlot, {thresholds, facts, moment, language}: Marks, unit: number): void {
  const {ctx, bbox} = plot;
  const scale = unit * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${fontSize * scale}px "Yiping Sans"`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  for (const {level, devices} of thresholds) {
    const y = plot.valToPos(devices, 'y', true);
    ctx.strokeStyle = ctx.fillStyle = heatLevels[level];
    dashed(ctx, [6 * scale, 5 * scale], scale, () => line(ctx, bbox.left, y, bbox.left + bbox.width, y));
    ctx.fillText(translate(language, levelWords[level]), bbox.left + 6 * scale, y - 2 * scale);
  }
  ctx.strokeStyle = ctx.fillStyle = text.strong;
  for (const {time, people} of facts) {
    const x = plot.valToPos(Date.parse(time) / 1000, 'x', true);
    dashed(ctx, [1.5 * scale, 4 * scale], scale, () => line(ctx, x, bbox.top, x, bbox.top + bbox.height));
    diamond(ctx, x, bbox.top + 6 * scale, 4.5 * scale);
    if (people === null) continue;
    const y = plot.valToPos(people, 'y', true);
    diamond(ctx, x, y, 6 * scale);
    ctx.textAlign = 'right';
    const words = `${translate(language, 'published')} ${formatCompact(people, language)}`;
    ctx.fillText(words, x - 10 * scale, y - 3 * scale);
    ctx.textAlign = 'left';
  }
  if (moment > 0) {
    const x = plot.valToPos(moment / 1000, 'x', true);
    ctx.lineWidth = 1.6 * scale;
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
  }
  ctx.restore();
}

function dashed(ctx: CanvasRenderingContext2D, dash: number[], width: number, draw: () => void): void {
  ctx.lineWidth = width;
  ctx.globalAlpha = 0.75;
  ctx.setLineDash(dash);
  draw();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** A diamond with its middle at a place: the sign of what was published. */
function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.lineWidth = size / 4;
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
  ctx.stroke();
}
