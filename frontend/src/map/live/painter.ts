// Paints sprites with WebGL: all in one call, moved by the shader, so that a frame costs the page
// nothing but the call.

import type {Atlas} from './atlas';
import {type Sprites, stride} from './sprites';

const vertexShader = `#version 300 es
precision highp float;
uniform mat4 matrix;
uniform vec2 viewport;  // device pixels
uniform float ratio;    // device pixels per CSS pixel
uniform float time;     // seconds since the picture's clock
uniform float ahead;    // a short way on the ground, in Mercator units
uniform vec2 grid;      // cells of the atlas
layout(location = 0) in vec4 way;
layout(location = 1) in vec4 motion;
layout(location = 2) in vec4 shape;
layout(location = 3) in vec2 ages;
layout(location = 4) in vec4 colour;
out vec2 uv;
out vec4 tint;

void main() {
  float part = motion.y > 0.0 ? clamp((time - motion.x) / motion.y, 0.0, 1.0) : 1.0;
  vec2 place = mix(way.xy, way.zw, part);
  vec4 middle = matrix * vec4(place, 0.0, 1.0);
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 box = (corner * 2.0 - 1.0) * shape.x * 0.5;
  tint = colour;
  if (ages.y > 0.0) {
    float age = clamp((time - motion.x) / ages.y, 0.0, 1.0);
    box *= 0.25 + 0.75 * sqrt(age);
    tint.a *= 1.0 - age;
  }
  if (time > ages.x) tint = vec4(vec3(dot(tint.rgb, vec3(0.3, 0.5, 0.2))) * 0.8, tint.a * 0.45);
  if (motion.z < 1e8) {
    float heading = mix(motion.z, motion.w, part);
    vec4 next = matrix * vec4(place + vec2(sin(heading), -cos(heading)) * ahead, 0.0, 1.0);
    vec2 to = normalize((next.xy / next.w - middle.xy / middle.w) * viewport);
    box = vec2(box.x * to.y + box.y * to.x, box.y * to.y - box.x * to.x);
  }
  gl_Position = middle + vec4((box + shape.yz) * ratio * 2.0 / viewport * middle.w, 0.0, 0.0);
  vec2 cell = vec2(mod(shape.w, grid.x), floor(shape.w / grid.x));
  uv = (cell + vec2(corner.x, 1.0 - corner.y)) / grid;
}`;

const fragmentShader = `#version 300 es
precision mediump float;
uniform sampler2D atlas;
in vec2 uv;
in vec4 tint;
out vec4 pixel;

void main() {
  vec4 paint = texture(atlas, uv);  // premultiplied: what is left of alpha is nothing
  pixel = vec4(tint.rgb * paint.r + vec3(0.02, 0.05, 0.1) * paint.g + vec3(paint.b), paint.a) * tint.a;
}`;

/** What the map looks like in a frame. */
export interface Camera {
  /** From Mercator units to clip space, column by column. */
  readonly matrix: ArrayLike<number>;
  readonly zoom: number;
}

const uniforms = ['matrix', 'viewport', 'ratio', 'time', 'ahead', 'grid'] as const;
type Uniform = (typeof uniforms)[number];

export class Painter {
  readonly #gl: WebGL2RenderingContext;
  readonly #places: Readonly<Record<Uniform, WebGLUniformLocation | null>>;
  readonly #matrix = new Float32Array(16);

  /** Throws if the canvas cannot be painted by WebGL 2. */
  constructor(canvas: HTMLCanvasElement, atlas: Atlas) {
    const gl = canvas.getContext('webgl2', {antialias: false, depth: false, powerPreference: 'low-power'});
    if (!gl) throw new Error('no WebGL 2');
    this.#gl = gl;
    const program = link(gl);
    gl.useProgram(program);
    this.#places = Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(program, name)])) as Record<
      Uniform,
      WebGLUniformLocation | null
    >;
    this.#attributes();
    this.#texture(atlas);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Hands the sprites over; they are painted until there are others. */
  load(sprites: Sprites): void {
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, sprites.numbers, this.#gl.DYNAMIC_DRAW);
  }

  paint(sprites: Sprites, camera: Camera, now: number, ratio: number): void {
    const gl = this.#gl;
    const {width, height} = gl.canvas;
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (sprites.count === 0) return;
    translate(this.#matrix, camera.matrix, sprites.origin);
    gl.uniformMatrix4fv(this.#places.matrix, false, this.#matrix);
    gl.uniform2f(this.#places.viewport, width, height);
    gl.uniform1f(this.#places.ratio, ratio);
    gl.uniform1f(this.#places.time, (now - sprites.clock) / 1000);
    gl.uniform1f(this.#places.ahead, 16 / (512 * 2 ** camera.zoom));
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, sprites.count);
  }

  #attributes(): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    [4, 4, 4, 2].reduce((offset, size, location) => {
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, stride * 4, offset);
      return offset + size * 4;
    }, 0);
    gl.vertexAttribPointer(4, 4, gl.UNSIGNED_BYTE, true, stride * 4, 14 * 4);
    for (const location of [0, 1, 2, 3, 4]) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribDivisor(location, 1);
    }
  }

  #texture({image, across, rows}: Atlas): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAX_LEVEL, 3); // beyond, cells would mix
    gl.uniform2f(this.#places.grid, across, rows);
  }
}

/** Puts the matrix for places relative to an origin into out: with 32 bits the sum would lose metres. */
function translate(out: Float32Array, matrix: ArrayLike<number>, {x, y}: {x: number; y: number}): void {
  const m = (i: number) => matrix[i] ?? 0;
  for (let i = 0; i < 12; i++) out[i] = m(i);
  for (let i = 0; i < 4; i++) out[12 + i] = m(i) * x + m(4 + i) * y + m(12 + i);
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('no WebGL context');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'no program');
  return program;
}
