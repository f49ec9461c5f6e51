// The pictures that the style names, drawn when the map first asks for one. There is no sprite file.

import * as palette from './palette';
import {markImage} from './style/overlay';

/** Pixels of a picture per CSS pixel: sharp on dense displays and on walls that are zoomed. */
const density = 3;
/** The mark is large and faint: a third of the bytes will do. */
const markDensity = 2;
const iconSize = 26;

export interface MapImage {
  readonly data: ImageData;
  /** Pixels of the picture per CSS pixel. */
  readonly pixelRatio: number;
  /** Whether it fills areas, rather than standing at points. */
  readonly pattern: boolean;
}

/** The picture of that name, or undefined for a name we do not draw. */
export function drawImage(name: string, mark: string): MapImage | undefined {
  if (name === markImage) return {...drawMark(mark), pattern: true};
  if (name === 'hatch') return {...drawHatch(), pattern: true};
  if (name === 'heritage') return drawIcon(palette.heritage, glyphs.pavilion);
  if (name === 'place') return drawPlace();
  const component = /^component-(\d\d)-(\w+)$/.exec(name);
  if (!component) return undefined;
  const [, group = '', glyph = ''] = component;
  return drawIcon(palette.componentGroup[group] ?? '#b7c7d6', glyphs[glyph] ?? glyphs.dot);
}

// Strokes on a grid of 24, centred at 12, 12.
const glyphs: Readonly<Record<string, string>> & {readonly dot: string; readonly pavilion: string} = {
  dot: 'M12 10a2 2 0 1 0 .01 0',
  cover: 'M12 6.5a5.5 5.5 0 1 0 .01 0M8 10.3h8M7.2 13.7h9.6M12 7v10',
  grate: 'M7 8h10v8H7zM10.3 8v8M13.7 8v8',
  hydrant: 'M9 18v-7a3 3 0 0 1 6 0v7M7.5 18h9M7 12.5h2M15 12.5h2M12 8V6',
  lamp: 'M10 18.5V9a3 3 0 0 1 3-3h1.5a2 2 0 0 1 2 2M14.8 8.6h3.4M8.3 18.5h3.4',
  cabinet: 'M8 7h8v10H8zM12 7v10M10.4 11.5v1.5M13.6 11.5v1.5',
  camera: 'M6.5 9h7.5v6H6.5zM14 11l3.5-2v6L14 13',
  charger: 'M13 6l-4.5 6.5H12L11 18l4.5-6.5H12z',
  pole: 'M12 6v12M8.5 8.5h7M9.5 11.5h5',
  stop: 'M7.5 7h9v8h-9zM7.5 11.5h9M9.5 15v2M14.5 15v2',
  signal: 'M9.5 5.5h5v13h-5zM12 8a.6.6 0 1 0 .01 0M12 11.4a.6.6 0 1 0 .01 0M12 14.8a.6.6 0 1 0 .01 0',
  sign: 'M12 6l5.5 5-5.5 5-5.5-5zM12 16v3',
  parking: 'M9.5 18V6.5h3.2a3 3 0 0 1 0 6.3H9.5',
  bin: 'M7 8.5h10M10 8.5V6.5h4v2M8.2 8.5l.8 9h6l.8-9',
  board: 'M6.5 7h11v7h-11zM12 14v4',
  tree: 'M12 5.5a4 4 0 1 0 .01 0M12 10v8.5M12 15l2-1.6',
  seat: 'M7 12h10M8 12v5M16 12v5M7.5 8.5h9',
  pavilion: 'M5.5 11.5Q9.5 10.5 12 6q2.5 4.5 6.5 5.5M8 11.5V17M16 11.5V17M7 17.5h10M12 11.5V17',
};

/** A dark disc with a coloured rim and glyph: legible over roads and over roofs. */
function drawIcon(colour: string, glyph: string): MapImage {
  return draw(iconSize, iconSize, density, (context) => {
    const middle = iconSize / 2;
    context.beginPath();
    context.arc(middle, middle, middle - 1.5, 0, 2 * Math.PI);
    context.fillStyle = 'rgba(6, 16, 30, 0.88)';
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
    context.translate(middle - 12, middle - 12);
    context.lineWidth = 1.5;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.stroke(new Path2D(glyph));
  });
}

function drawPlace(): MapImage {
  return draw(12, 12, density, (context) => {
    context.translate(6, 6);
    context.rotate(Math.PI / 4);
    context.fillStyle = '#0b1b30';
    context.fillRect(-3.4, -3.4, 6.8, 6.8);
    context.strokeStyle = '#8fd3ea';
    context.lineWidth = 1.4;
    context.strokeRect(-3.4, -3.4, 6.8, 6.8);
  });
}

function drawHatch(): MapImage {
  return draw(8, 8, density, (context) => {
    context.strokeStyle = palette.site;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.beginPath();
    for (const start of [-8, 0, 8]) {
      context.moveTo(start, 8);
      context.lineTo(start + 8, 0);
    }
    context.stroke();
  });
}

/** The mark as a tile of its own, slanted and staggered so that it reads as a watermark. */
function drawMark(mark: string): MapImage {
  const width = 420;
  const height = 280;
  return draw(width, height, markDensity, (context) => {
    context.font = `600 22px "Yiping Sans", sans-serif`;
    context.fillStyle = '#dff4ff';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const [x, y] of [
      [width * 0.25, height * 0.25],
      [width * 0.75, height * 0.75],
    ] as const) {
      context.save();
      context.translate(x, y);
      context.rotate(-Math.PI / 9);
      context.fillText(mark, 0, 0, width * 0.46);
      context.restore();
    }
  });
}

function draw(
  width: number,
  height: number,
  ratio: number,
  paint: (context: CanvasRenderingContext2D) => void,
): MapImage {
  const canvas = document.createElement('canvas');
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  context.scale(ratio, ratio);
  paint(context);
  return {data: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: ratio, pattern: false};
}
