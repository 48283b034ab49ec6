/** All points as one gl.POINTS draw of our own: WebGL 1 with 32-bit indices, nothing of plotly. */

import { clipMatrix, NEAREST } from './camera.js';
import { dimming, litMark, LIT, LOOK, SHAPE, zoomFactor } from './point_style.js';

const number = (value) => value.toFixed(6);

/* The last byte of `look` is lit + 4 * shape. Colors leave premultiplied. */
const VERTEX = `
attribute vec3 from;
attribute vec3 to;
attribute vec4 look;
uniform mat4 clip;
uniform vec4 plane;
uniform float mixing, cue, diameter, opacity, litScale, halo, ratio, toPaper;
uniform mediump vec3 paper;
uniform vec3 other;
varying vec4 color;
varying vec4 shape;
void main() {
  vec3 place = mix(from, to, mixing);
  float depth = dot(plane, vec4(place, 1.0));
  float code = floor(look.a * 255.0 + 0.5);
  float form = floor(code / 4.0), state = code - 4.0 * form;
  float dim = state == ${number(LIT.dim)} ? 1.0 : 0.0, lit = state == ${number(LIT.lit)} ? 1.0 : 0.0;
  float ring = form > 0.5 ? 1.0 : 0.0;
  float far = clamp(0.5 - depth / ${number(LOOK.depthSpan)}, 0.0, 1.0);
  float size = diameter * mix(1.0, mix(${number(LOOK.nearSize)}, ${number(LOOK.farSize)}, far), cue);
  size *= mix(1.0, ${number(LOOK.dimSize)}, dim) * mix(1.0, litScale, lit) * mix(1.0, ${number(LOOK.ringSize)}, ring);
  float edge = halo * lit;
  vec3 hue = mix(look.rgb, mix(mix(look.rgb, other, ${number(LOOK.dimToOther)}), paper, toPaper), dim);
  color.rgb = mix(hue, paper, ${number(LOOK.farFog)} * far * cue * (1.0 - dim) * (1.0 - lit));
  color.a = mix(mix(opacity, min(opacity, ${number(LOOK.dimOpacity)}), dim), 1.0, lit);
  shape = vec4(0.5 * size * ratio, edge * ratio, ring * max(ratio, 0.24 * size * ratio), 0.0);
  shape.w = 2.0 * (shape.x + shape.y) + 2.0;
  gl_Position = clip * vec4(place, 1.0);
  if (gl_Position.w < ${number(NEAREST)}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = shape.w;
}`;

const FRAGMENT = `
precision mediump float;
uniform mediump vec3 paper;
varying vec4 color;
varying vec4 shape;
void main() {
  float distance = length(gl_PointCoord - 0.5) * shape.w;
  float whole = clamp(shape.x + shape.y + 0.5 - distance, 0.0, 1.0);
  float disc = clamp(shape.x + 0.5 - distance, 0.0, 1.0);
  float hole = shape.z > 0.0 ? clamp(shape.x - shape.z + 0.5 - distance, 0.0, 1.0) : 0.0;
  float alpha = color.a * whole * (shape.y > 0.0 ? 1.0 : 1.0 - hole);
  if (alpha < 0.004) discard;
  vec3 hue = shape.y > 0.0 ? mix(paper, color.rgb, disc * (1.0 - hole)) : color.rgb;
  gl_FragColor = vec4(hue * alpha, alpha);
}`;

const ATTRIBUTES = ['from', 'to', 'look'];
const UNIFORMS = ['clip', 'plane', 'mixing', 'cue', 'diameter', 'opacity', 'litScale', 'halo', 'ratio', 'toPaper', 'paper', 'other'];

function compile(gl, kind, text) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, text);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(`Shader: ${gl.getShaderInfoLog(shader)}`);
  return shader;
}

function link(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  ATTRIBUTES.forEach((name, place) => gl.bindAttribLocation(program, place, name));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`Program: ${gl.getProgramInfoLog(program)}`);
  return program;
}

/** Color and state of every point in four bytes. */
function looksOf({ rgba, lit, shape }, count) {
  const looks = rgba.slice(0, 4 * count);
  for (let i = 0; i < count; i++) {
    const form = shape ? Math.min(shape[i], SHAPE.missing) : SHAPE.disc;
    looks[4 * i + 3] = (lit ? lit[i] : LIT.normal) + 4 * form;
  }
  return looks;
}

/**
 * @param {WebGLRenderingContext} gl Attribute arrays and the element buffer are kept apart in a vertex array of our own; blending,
 *   depth test and depth mask are left as plotly expects them.
 * @returns {{update: Function, load: Function, draw: Function, dispose: Function}} Throws where shaders, vertex arrays or 32-bit indices fail.
 */
export function createWebglPoints(gl) {
  const arrays = gl.getExtension('OES_vertex_array_object');
  if (!arrays || !gl.getExtension('OES_element_index_uint')) throw new Error('No vertex arrays or no 32-bit indices.');
  const own = arrays.createVertexArrayOES(), program = link(gl), at = {};
  for (const name of UNIFORMS) at[name] = gl.getUniformLocation(program, name);
  const buffers = { from: gl.createBuffer(), to: gl.createBuffer(), look: gl.createBuffer(), order: gl.createBuffer() };
  let content = null, frame = null, single = true;

  function fill(buffer, values, target = gl.ARRAY_BUFFER) {
    gl.bindBuffer(target, buffer);
    gl.bufferData(target, values, gl.DYNAMIC_DRAW);
    gl.bindBuffer(target, null);
  }

  /** @param {import('./content.js').Content} next */
  function update(next, changed) {
    content = next;
    if (changed.positions) {
      single = next.from === next.to;
      fill(buffers.to, next.to);
      if (!single) fill(buffers.from, next.from);
    }
    if (changed.style && next.style) fill(buffers.look, looksOf(next.style, next.count));
  }

  /** @param {import('./stage.js').Frame} next Its order goes to the card now, everything else at `draw`. */
  function load(next) {
    frame = next;
    arrays.bindVertexArrayOES(own);
    fill(buffers.order, next.sorted, gl.ELEMENT_ARRAY_BUFFER);
    arrays.bindVertexArrayOES(null);
  }

  function bind(place, buffer, size, type, normalized) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, normalized, 0, 0);
  }

  function setUniforms(ratio) {
    const { lens, view, camera } = frame, { style, order } = content, { toward, center } = lens;
    const mark = litMark(order.lit.length, style.diameter), { other, toPaper } = dimming(style.paper);
    gl.uniformMatrix4fv(at.clip, false, clipMatrix(lens, view));
    gl.uniform4f(at.plane, ...toward, -(toward[0] * center[0] + toward[1] * center[1] + toward[2] * center[2]));
    gl.uniform1f(at.mixing, single ? 1 : frame.mix);
    gl.uniform1f(at.cue, frame.cue);
    gl.uniform1f(at.diameter, style.diameter * zoomFactor(camera.zoom));
    gl.uniform1f(at.opacity, style.opacity);
    gl.uniform1f(at.litScale, mark.scale);
    gl.uniform1f(at.halo, mark.halo);
    gl.uniform1f(at.ratio, ratio);
    gl.uniform1f(at.toPaper, toPaper);
    gl.uniform3f(at.paper, ...style.paper.map((value) => value / 255));
    gl.uniform3f(at.other, ...other.map((value) => value / 255));
  }

  /** @param {number} ratio Device pixels per CSS pixel. */
  function draw(ratio) {
    if (!frame || !content.style || frame.sorted.length === 0) return;
    gl.useProgram(program);
    setUniforms(ratio);
    arrays.bindVertexArrayOES(own);
    bind(0, single ? buffers.to : buffers.from, 3, gl.FLOAT, false);
    bind(1, buffers.to, 3, gl.FLOAT, false);
    bind(2, buffers.look, 4, gl.UNSIGNED_BYTE, true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers.order);
    gl.disable(gl.DEPTH_TEST);
    gl.depthMask(false);
    gl.enable(gl.BLEND);
    gl.blendEquation(gl.FUNC_ADD);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawElements(gl.POINTS, frame.sorted.length, gl.UNSIGNED_INT, 0);
    gl.disable(gl.BLEND);
    gl.depthMask(true);
    gl.enable(gl.DEPTH_TEST);
    arrays.bindVertexArrayOES(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
  }

  function dispose() {
    Object.values(buffers).forEach((buffer) => gl.deleteBuffer(buffer));
    arrays.deleteVertexArrayOES(own);
    gl.deleteProgram(program);
  }

  return { update, load, draw, dispose };
}
