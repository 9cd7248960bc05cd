// SPDX-License-Identifier: MIT
// Work survives: processes killed at random moments, nothing lost, nothing
// doubled. KILLS says how many (default 20; the full run is 100: see
// HACKING.md); SEED repeats a run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, samples, start, tempDir } from './tefter.mjs';

const kills = Number(process.env.KILLS ?? 20);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
const pages = ['1979-107-002.tif', '1938-012-003.tif', '1962-005-002.tif',
    '1962-005-001.tif', '1957-034-004.tif'];

// A small generator of our own, so that a failing run can be repeated.
let state = seed;
function random() {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// The processes of a group, the whole tree that `start` began.
function members(group) {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
        .filter((pid) => {
            try {
                const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
                return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] ===
                    String(group);
            } catch { return false; }
        }).map(Number);
}

function killOne(group) {
    const alive = members(group);
    if (alive.length === 0) return false;
    // Half the time the whole job as at a power cut, else any one process.
    try {
        if (random() < 0.5) process.kill(-group, 'SIGKILL');
        else process.kill(alive[Math.floor(random() * alive.length)], 'SIGKILL');
    } catch { return false; }
    return true;
}

function makeBatch(dir) {
    mkdirSync(join(dir, 'vol-1'), { recursive: true });
    mkdirSync(join(dir, 'vol-2'));
    pages.forEach((name, i) => copyFileSync(join(samples, name),
        join(dir, i < 3 ? 'vol-1' : 'vol-2', name)));
    return dir;
}

function filesBelow(dir) {
    return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? filesBelow(join(dir, e.name)) : [join(dir, e.name)]);
}

// Every page once in the catalogue, once in the store, byte for byte.
function assertWhole(run, batch) {
    const done = run('digitize', batch, '--json');
    assert.equal(done.status, 0, done.stderr + done.stdout);
    const verified = run('verify', '--json');
    assert.equal(verified.status, 0, verified.stdout);
    const listed = run('volume', 'list', '--json').json().flatMap(({ volume }) =>
        run('volume', 'show', volume, '--json').json().pages);
    assert.deepEqual(listed.map((p) => p.original_name.replace(/.*\//, '')).sort(),
        [...pages].sort());
    const masters = filesBelow(join(run.dir, 'store'))
        .filter((name) => name.endsWith('.tif'));
    assert.equal(masters.length, pages.length);
    for (const name of pages) {
        const bytes = readFileSync(join(samples, name));
        assert.equal(masters.filter((m) => readFileSync(m).equals(bytes)).length,
            1, name);
    }
    assert.deepEqual(filesBelow(join(run.dir, 'staging'))
        .filter((name) => !/\/\.[^/]*$/.test(name)), []);
    assert.equal(spawnSync('sqlite3', [join(run.dir, 'catalogue.sqlite'),
        'PRAGMA integrity_check'], { encoding: 'utf8' }).stdout.trim(), 'ok');
}

test(`${kills} random kills lose and double nothing (SEED=${seed})`, async (t) => {
    let done = 0;
    while (done < kills) {
        const run = makeArchive(t);
        const batch = makeBatch(join(tempDir(t), 'box'));
        // Some kills in this archive, then everything must come out right.
        for (let round = 0; round < 12 && done < kills; round++) {
            const child = start('--archive', run.dir, 'digitize', batch);
            const ended = new Promise((end) => child.on('exit', end));
            await sleep(random() ** 2 * 3000); /* mostly early: no progress */
            if (killOne(child.pid)) done++;
            await Promise.race([ended, sleep(1500)]);
            while (members(child.pid).length > 0) {
                if (done < kills && random() < 0.5 && killOne(child.pid)) done++;
                await sleep(200 + random() * 800);
            }
        }
        assertWhole(run, batch);
    }
    t.diagnostic(`${done} kills`);
});

// What kills it comes from outside: the file is not to blame.
test('a process that is killed while it checks loses no page', async (t) => {
    let done = 0;
    for (let round = 0; round < 10 && done < 3; round++) {
        const run = makeArchive(t);
        const child = start('--archive', run.dir, 'ingest', samples);
        let status = null;
        const ended = new Promise((end) => child.on('exit', (code) => {
            status = code;
            end();
        }));
        while (status === null && done < 3) {
            for (const pid of members(child.pid).filter((p) => p !== child.pid)) {
                try { process.kill(pid, 'SIGKILL'); done++; } catch { continue; }
                break;
            }
            await sleep(20);
        }
        await ended;
        assert.equal(status, 0);
        const [batch] = run('batch', 'list', '--json').json();
        assert.equal(batch.pages.received, 11, JSON.stringify(batch));
    }
    assert.ok(done > 0);
});
