// SPDX-License-Identifier: MIT
// What every end-to-end test needs: the real program, a fresh archive, and the
// shared corpus or the honest word that it is not there.
//
//   TEFTER   path of the program (set by CTest)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
    return { ...r, json: () => JSON.parse(r.stdout) };
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
