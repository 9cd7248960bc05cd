// SPDX-License-Identifier: MIT
// What every end-to-end test needs: the real program, a fresh archive, and the
// shared corpus or the honest word that it is not there.
//
//   TEFTER   path of the program (set by CTest)
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
    existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const shared = resolve(root, '../shared');
export const samples = join(root, 'samples/batch');
export const program = process.env.TEFTER;
if (!program) throw new Error('TEFTER is not set: run this through ctest');

// `{ skip: reason }` for node:test when ../shared is absent, else {}.
export const needShared =
    existsSync(shared) ? {} : { skip: `${shared} is not there` };

export function tempDir(t) {
    const dir = mkdtempSync(join(tmpdir(), 'tefter-e2e-'));
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    return dir;
}

// A fresh archive; returns a function that runs tefter on it.
export function makeArchive(t) {
    const dir = join(tempDir(t), 'archive');
    const run = (...args) => tefter('--archive', dir, ...args);
    const made = tefter('init', dir);
    if (made.status !== 0) throw new Error(made.stderr);
    run.dir = dir;
    return run;
}

// Run to the end: { status, stdout, stderr, json() }.
export function tefter(...args) {
    const r = spawnSync(program, args, {
        encoding: 'utf8', maxBuffer: 1 << 28,
    });
    if (r.error) throw r.error;
    return {
        ...r,
        json: () => {
            assert.notEqual(r.stdout, '', `${args.join(' ')}: ${r.stderr}`);
            return JSON.parse(r.stdout);
        },
    };
}

// Start in a process group of its own, so that a test can kill all of it.
export function start(...args) {
    return spawn(program, args, { detached: true, stdio: 'ignore' });
}

export function truthOf(path) {
    return JSON.parse(readFileSync(path, 'utf8'));
}

// The words of a truth file's cells that a person would search for.
export function truthWords(truth, least = 5) {
    return truth.cells.flatMap((cell) =>
        (cell.text ?? '').split(/[^\p{L}]+/u)
            .filter((word) => [...word].length >= least)
            .map((word) => ({ word, quad: cell.quad })));
}

const cross = (a, b, p) =>
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

// Is the middle of a box inside a quad widened by so many pixels?
export function boxIsOn([x, y, w, h], quad, slack = 12) {
    const p = [x + w / 2, y + h / 2];
    return quad.every((a, i) => {
        const b = quad[(i + 1) % 4];
        const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
        return cross(a, b, p) / length >= -slack;
    });
}

// A small grey page of one tone, different for each number: read at once.
export function tinyScan(number) {
    const side = 64;
    const tags = [[256, 4, side], [257, 4, side], [258, 3, 8], [259, 3, 1],
        [262, 3, 1], [273, 4, 8], [277, 3, 1], [278, 4, side],
        [279, 4, side * side], [282, 5, 0], [283, 5, 0], [296, 3, 2]];
    const directory = 8 + side * side;
    const resolution = directory + 2 + tags.length * 12 + 4;
    const b = Buffer.alloc(resolution + 8, 0xf0);

    b.write('II*\0', 0, 'latin1');
    b.writeUInt32LE(directory, 4);
    for (let i = 0; i < 4; i++) b[8 + i] = (number >> (8 * i)) & 0xff;
    b.writeUInt16LE(tags.length, directory);
    tags.forEach(([tag, type, value], i) => {
        const at = directory + 2 + 12 * i;

        b.writeUInt16LE(tag, at);
        b.writeUInt16LE(type, at + 2);
        b.writeUInt32LE(1, at + 4);
        b.writeUInt32LE(type === 5 ? resolution : value, at + 8);
    });
    b.writeUInt32LE(0, resolution - 4);
    b.writeUInt32LE(300, resolution);
    b.writeUInt32LE(1, resolution + 4);
    return b;
}

// tefter.conf with these lines in their sections.
export function configure(run, sections) {
    const conf = join(run.dir, 'tefter.conf');
    let text = readFileSync(conf, 'utf8');

    for (const [section, lines] of Object.entries(sections))
        text = text.replace(`[${section}]\n`, `[${section}]\n${lines}\n`);
    writeFileSync(conf, text);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Until it is so, or an error that says what was waited for.
export async function until(what, isSo, seconds = 60) {
    for (let i = 0; i < seconds * 10; i++) {
        if (await isSo()) return;
        await sleep(100);
    }
    throw new Error(`waited ${seconds} s for: ${what}`);
}
