// A subscription of live/1 over its connections: where it is in the chain, the token to go on from,
// and the area that the server took for the camera.

import {type BinaryFrame, cellsSchema, moversSchema} from './binary';
import {refocuses, spellCells} from './cells';
import type {Content} from './content';
import {Handles} from './handles';
import type {BBox, Camera, DataFrame, OkFrame, StreamInfo, Want} from './protocol';

/** What binary frames of movers carry: m/s, degrees clockwise from north, and the state code. */
const moverFields: StreamInfo['fields'] = [
  {name: 's', type: 'number'},
  {name: 'h', type: 'number'},
  {name: 'st', type: 'integer'},
  {name: 'synthetic', type: 'boolean'},
];

export class Subscription {
  sid: number | null = null;
  token: string | null = null;
  /** The camera that was told, and the bbox that the server took for it. */
  #told: Camera | null = null;
  #inForce: BBox | null = null;
  /** Whether the rows of another area are on their way: until then a token tells of what is not here. */
  #moving = false;
  /** All up to here is known. */
  #at = 0;
  #epoch: string | undefined;
  #handles = new Handles();

  constructor(
    readonly want: Want,
    readonly info: StreamInfo,
    readonly content: Content,
  ) {}

  /** The frame that begins it, or goes on from its token. */
  request(camera: Camera): object {
    const {stream, area, where, fields, lod, maxObjects, maxHz} = this.want;
    const resume = this.token !== null && (area !== undefined || this.#inForce !== null);
    // A token is for the bbox that was in force.
    const told = resume
      ? {...camera, bbox: this.#inForce ?? camera.bbox, zoom: this.#told?.zoom ?? camera.zoom}
      : camera;
    this.#told = told;
    return {
      f: 'sub',
      stream,
      area: {bbox: area ?? told.bbox},
      ...(area ? {} : {view: true, zoom: told.zoom}),
      ...this.content.options(told),
      ...(where === undefined ? {} : {where}),
      // Binary frames have the columns of their schema, whatever one asks for.
      ...(fields && this.info.schema !== moversSchema ? {fields: this.fields.map(({name}) => name)} : {}),
      ...(lod === undefined ? {} : {lod}),
      ...(maxObjects === undefined ? {} : {max_objects: maxObjects}),
      ...(maxHz === undefined ? {} : {max_hz: maxHz}),
      ...(resume ? {resume: this.token} : {}),
    };
  }

  /** The fields that rows have. */
  get fields(): StreamInfo['fields'] {
    const {fields} = this.want;
    if (this.info.schema === moversSchema) return moverFields;
    return fields ? this.info.fields.filter(({name}) => fields.includes(name)) : this.info.fields;
  }

  /** Takes the answer to its request, or to a camera. */
  accepted({sid, epoch, seq, resumed, bbox}: OkFrame): void {
    const moved = bbox !== undefined && bbox.join() !== this.#inForce?.join();
    this.#inForce = bbox ?? this.#inForce;
    if (this.sid === sid) {
      if (moved && this.want.as !== 'tiles') this.#moving = true;
      if (this.#moving) this.token = null;
      return;
    }
    this.sid = sid;
    this.#moving = false;
    this.#at = seq;
    this.#enter(epoch);
    if (!resumed) this.content.begun(this.#inForce);
  }

  /** The frame that tells of a camera; null if the area in force serves it as well. */
  look(camera: Camera): object | null {
    if (this.want.area || (this.#told && this.#serves(camera, this.#told))) return null;
    this.#told = camera;
    const {bbox, zoom, tz} = camera;
    return {f: 'view', sid: this.sid, bbox, zoom, ...(this.want.as === 'tiles' ? {tz} : {})};
  }

  #serves(camera: Camera, told: Camera): boolean {
    const {bbox, zoom, tz} = camera;
    const area = this.#inForce;
    const inside =
      area !== null && area[0] <= bbox[0] && area[1] <= bbox[1] && area[2] >= bbox[2] && area[3] >= bbox[3];
    const sameTiles = this.want.as !== 'tiles' || told.tz.join() === tz.join();
    const sameCells = this.info.schema !== cellsSchema || !refocuses(told.zoom, zoom);
    return inside && Math.abs(told.zoom - zoom) < 1 && sameTiles && sameCells;
  }

  /** Has the next camera told, whatever was told before. */
  lookAgain(): void {
    this.#told = null;
  }

  /** Takes a frame; false means that something before it is missing. */
  take(frame: DataFrame | BinaryFrame): boolean {
    if (frame.f === 'movers') {
      const spelled = this.#handles.spell(frame);
      return spelled !== null && this.take(spelled);
    }
    if (frame.f === 'cells') return this.take(spellCells(frame, this.info));
    const from = frame.f === 'snap' ? 0 : frame.f === 'event' ? frame.prev : frame.from;
    if (from > this.#at) return false;
    this.content.take(frame);
    if (frame.f === 'snap' || (frame.f === 'delta' && frame.bbox)) this.#moving = false;
    // Parts of a delta share their place: it is reached with the last.
    if (frame.f === 'snap') this.#at = frame.cut;
    else if (frame.f === 'event') this.#at = frame.seq;
    else if (frame.f === 'tiles' || (frame.part ?? 1) === (frame.of ?? 1)) this.#at = frame.to;
    return true;
  }

  /** Nothing up to there is missing. */
  marked(seq: number, token: string | undefined): void {
    this.#at = seq;
    if (!this.#moving) this.token = token ?? this.token;
  }

  /** The chain is broken off; what follows begins anew, and the token is of what was before. */
  reset(epoch: string): void {
    this.#enter(epoch);
    this.token = null;
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** In another epoch handles stand for other keys. */
  #enter(epoch: string | undefined): void {
    if (epoch !== this.#epoch) this.#handles = new Handles();
    this.#epoch = epoch;
  }
}
