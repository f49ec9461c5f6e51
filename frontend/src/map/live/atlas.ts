// The shapes of everything live, in one picture. Its channels are what the shader paints with: red is
// the object's own colour, green the dark rim, blue white.

/** Pixels of a cell, and cells of a row. */
const cell = 64;
const across = 8;
const rows = 4;
const own = '#f00';
const rim = '#0f0';
const white = '#00f';

export const shapes = ['arrow', 'shield', 'dot', 'sensor', 'alarm', 'disc', 'ring', 'glow'] as const;
export type Shape = (typeof shapes)[number];

const characters = '0123456789.-';
const fontPx = 44;

export interface Atlas {
  readonly image: HTMLCanvasElement;
  readonly across: number;
  readonly rows: number;
}

/** Where a shape is in the atlas. */
export function cellOf(shape: Shape): number {
  return shapes.indexOf(shape);
}

/** A character of a label: its cell, or null where we have none, and its width per pixel of text height. */
export function glyphOf(character: string): number | null {
  const index = characters.indexOf(character);
  return index < 0 ? null : shapes.length + index;
}

/** The side of a glyph's cell for text of a height of 1. */
export const glyphSide = cell / fontPx;

/** How far apart characters stand, for text of a height of 1. */
export function advanceOf(character: string): number {
  return character === '.' ? 0.3 : character === '-' ? 0.42 : 0.57;
}

export function drawAtlas(): Atlas {
  const image = document.createElement('canvas');
  image.width = across * cell;
  image.height = rows * cell;
  const context = image.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  shapes.forEach((shape, index) => {
    inCell(context, index, () => painters[shape](context));
  });
  [...characters].forEach((character, index) => {
    inCell(context, shapes.length + index, () => drawCharacter(context, character));
  });
  return {image, across, rows};
}

/** Paints in coordinates of -1 to 1 around the middle of a cell. */
function inCell(context: CanvasRenderingContext2D, index: number, paint: () => void): void {
  context.save();
  context.translate(((index % across) + 0.5) * cell, (Math.floor(index / across) + 0.5) * cell);
  context.scale(cell / 2, cell / 2);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  paint();
  context.restore();
}

const painters: Readonly<Record<Shape, (context: CanvasRenderingContext2D) => void>> = {
  arrow: (context) => rimmed(context, new Path2D('M0-.78L.52.62Q0 .34-.52.62Z'), 0.2),
  shield: (context) => {
    rimmed(context, new Path2D('M0-.8Q.28-.46.58-.42V.08Q.5.58 0 .8Q-.5.58-.58.08V-.42Q-.28-.46 0-.8Z'), 0.18);
    line(context, new Path2D('M0-.36L.24.02M0-.36L-.24.02M0-.3V.42'), white, 0.15);
  },
  dot: (context) => rimmed(context, circle(0.5), 0.2),
  sensor: (context) => {
    rimmed(context, new Path2D('M0-.7L.6 0L0 .7L-.6 0Z'), 0.18);
    line(context, circle(0.14), white, 0.12);
  },
  alarm: (context) => {
    rimmed(context, new Path2D('M0-.76L.74.56H-.74Z'), 0.18);
    line(context, new Path2D('M0-.26V.12'), white, 0.17);
    line(context, new Path2D('M0 .35V.36'), white, 0.19);
  },
  disc: (context) => {
    context.globalAlpha = 0.78;
    fill(context, circle(0.88), rim);
    context.globalAlpha = 0.22;
    fill(context, circle(0.88), own);
    context.globalAlpha = 1;
    line(context, circle(0.88), own, 0.1);
  },
  ring: (context) => line(context, circle(0.8), own, 0.14),
  glow: (context) => {
    const gradient = context.createRadialGradient(0, 0, 0, 0, 0, 0.98);
    gradient.addColorStop(0, 'rgb(255 0 0 / 75%)');
    gradient.addColorStop(1, 'rgb(255 0 0 / 0%)');
    context.fillStyle = gradient;
    context.fill(circle(0.98));
  },
};

function drawCharacter(context: CanvasRenderingContext2D, character: string): void {
  context.scale(2 / cell, 2 / cell);
  context.font = `600 ${fontPx}px "Yiping Sans SemiBold", "Yiping Sans", sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.strokeStyle = rim;
  context.lineWidth = 9;
  context.strokeText(character, 0, 2);
  context.fillStyle = white;
  context.fillText(character, 0, 2);
}

function rimmed(context: CanvasRenderingContext2D, path: Path2D, width: number): void {
  line(context, path, rim, 2 * width);
  fill(context, path, own);
}

function line(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

function fill(context: CanvasRenderingContext2D, path: Path2D, colour: string): void {
  context.fillStyle = colour;
  context.fill(path);
}

function circle(radius: number): Path2D {
  const path = new Path2D();
  path.arc(0, 0, radius, 0, 2 * Math.PI);
  return path;
}
