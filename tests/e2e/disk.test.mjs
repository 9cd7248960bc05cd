// SPDX-License-Identifier: MIT
// A disk that is full, read-only, or gone: said at once in plain words, nothing
// acknowledged that is not durable, and on again when there is room. Each test
// mounts a small disk of its own, and is skipped where that is not allowed.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
    existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync,
    statfsSync, truncateSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    configure, program, sleep, tefter, tempDir, tinyScan, until,
} from './tefter.mjs';
import { addAccounts, code, serve } from './web.mjs';

function mount(...args) {
    return spawnSync('mount', args, { encoding: 'utf8' });
}

const mayMount = (() => {
    const dir = join(tmpdir(), `tefter-mount-${process.pid}`);
    mkdirSync(dir);
    const r = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir);
    if (r.status === 0) spawnSync('umount', [dir]);
    rmSync(dir, { recursive: true });
    return r.status === 0;
})();
const needMount = mayMount ? {} : { skip: 'no right to mount a small disk' };

// A small disk, gone after the test.
function makeDisk(t, mebibytes) {
    const disk = mkdtempSync(join(tmpdir(), 'tefter-disk-'));
    const r = mount('-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk);
    t.after(() => {
        spawnSync('umount', ['-l', disk]);
        rmSync(disk, { recursive: true, force: true });
    });
    assert.equal(r.status, 0, r.stderr);
    return disk;
}

// An archive on a disk of its own; fill(k) leaves only k KiB on it.
function archiveOnDisk(t, mebibytes) {
    const disk = makeDisk(t, mebibytes);
    const dir = join(disk, 'archive');
    assert.equal(tefter('init', dir).status, 0);
    const run = (...args) => tefter('--archive', dir, ...args);
    run.dir = dir;
    run.disk = disk;
    run.free = () => {
        const fs = statfsSync(disk);
        return fs.bavail * fs.bsize;
    };
    run.fill = (kibibytes) => {
        const filler = join(disk, 'filler');
        rmSync(filler, { force: true });
        const bytes = run.free() - kibibytes * 1024;
        writeFileSync(filler, Buffer.alloc(Math.max(bytes, 0)));
    };
    run.clear = () => rmSync(join(disk, 'filler'), { force: true });
    return run;
}

function makeFolder(dir, count, first = 1) {
    mkdirSync(dir, { recursive: true });
    for (let i = 0; i < count; i++)
        writeFileSync(join(dir, `${i + 1}.tif`), tinyScan(first + i));
    return dir;
}

const staged = (run) => readdirSync(join(run.dir, 'staging'))
    .filter((name) => name !== '.lock');
const packed = (run) => run('batch', 'list', '--json').json()
    .filter((b) => b.batch !== null).reduce((n, b) => n + b.pages.packed, 0);

test('ingest on a full disk: exit 1, how much is free and needed, then again',
    needMount, (t) => {
        const run = archiveOnDisk(t, 16);
        const batch = makeFolder(join(tempDir(t), 'box'), 400);
        assert.equal(run('batch', 'list').status, 0);
        run.fill(1200);
        const r = run('ingest', batch);
        assert.equal(r.status, 1, r.stderr + r.stdout);
        assert.match(r.stderr, /nothing of this batch was taken in/);
        assert.match(r.stderr, /disk of \S*staging has \d\.\d MiB free, and \d\.\d MiB are needed/);
        assert.deepEqual(staged(run), []);
        assert.equal(run('batch', 'list').stdout, '');
        run.clear();
        assert.equal(run('ingest', batch).status, 0);
        assert.equal(run('batch', 'list', '--json').json()[0].pages.received, 400);
    });

// The disk fills up at every stage in turn: copying, the queue, the unit's
// results, packing, the catalogue.
test('digitize with ever more room: nothing half, and on where it was',
    needMount, (t) => {
        const run = archiveOnDisk(t, 24);
        const batch = makeFolder(join(tempDir(t), 'box'), 12);
        const stages = new Set();
        let failures = 0;
        for (let kib = 16; ; kib += kib < 600 ? 28 : 200) {
            run.fill(kib);
            const r = run('digitize', '--jobs', '1', batch);
            if (r.status === 0) break;
            failures++;
            assert.equal(r.status, 1, r.stderr + r.stdout);
            assert.match(r.stderr, /No space left|MiB free|disk is full/, r.stderr);
            assert.match(r.stderr, /MiB free/, r.stderr);
            run.clear();
            // whatever was committed is whole
            assert.equal(run('verify').status, 0);
            const [row] = run('batch', 'list', '--json').json();
            stages.add(row === undefined ? 'not acknowledged'
                : Object.entries(row.pages).filter(([, n]) => n > 0)
                    .map(([name]) => name).join());
            assert.ok(kib < 20000, 'it never got through');
        }
        run.clear();
        t.diagnostic(`${failures} failures; stages: ${[...stages].join(' | ')}`);
        assert.ok(failures > 3);
        assert.ok(stages.has('not acknowledged'));
        assert.ok(stages.size > 1);
        assert.equal(packed(run), 12);
        assert.equal(run('verify').status, 0);
        assert.deepEqual(staged(run), []);
    });

test('a read-only disk is said to be one, and the work goes on afterwards',
    needMount, (t) => {
        const run = archiveOnDisk(t, 16);
        const dir = tempDir(t);
        const first = makeFolder(join(dir, 'a'), 3);
        const second = makeFolder(join(dir, 'b'), 3, 10);
        assert.equal(run('ingest', first).status, 0);
        assert.equal(mount('-o', 'remount,ro', run.disk).status, 0);
        for (const args of [['ingest', second], ['work'], ['digitize', second]]) {
            const r = run(...args);
            assert.equal(r.status, 1, r.stderr + r.stdout);
            assert.match(r.stderr, /read-only/, r.stderr);
        }
        // who only looks may
        const [batch] = run('batch', 'list', '--json').json();
        assert.equal(batch.pages.received, 3);
        const shown = run('batch', 'show', batch.batch);
        assert.equal(shown.status, 0, shown.stderr);
        assert.match(shown.stdout, /received/);
        assert.equal(mount('-o', 'remount,rw', run.disk).status, 0);
        assert.equal(run('digitize', second).status, 0);
        assert.equal(packed(run), 6);
        assert.equal(run('verify').status, 0);
    });

function watch(t, run) {
    const child = spawn(program, ['--archive', run.dir, 'work', '--watch'],
        { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const w = { err: '', out: '' };
    child.stderr.on('data', (text) => { w.err += text; });
    child.stdout.on('data', (text) => { w.out += text; });
    w.ended = new Promise((end) => child.on('exit', end));
    w.stop = () => { child.kill('SIGTERM'); return w.ended; };
    t.after(() => { try { process.kill(-child.pid, 'SIGKILL'); } catch {} });
    return w;
}

test('work --watch waits for room, says so once, and goes on by itself',
    needMount, async (t) => {
        const run = archiveOnDisk(t, 16);
        configure(run, { inbox: 'settle_seconds = 1\npoll_seconds = 1' });
        const w = watch(t, run);
        await sleep(1000);
        const box = makeFolder(join(tempDir(t), 'box'), 30);
        mkdirSync(join(run.dir, 'inbox/odesos'));
        spawnSync('cp', ['-r', box, join(run.dir, 'inbox/odesos/box')]);
        run.fill(40);
        await until('it is said', () => /the inbox waits: .*MiB free/.test(w.err), 30);
        await sleep(3000);
        assert.equal(w.err.match(/the inbox waits/g).length, 1, w.err);
        assert.equal(packed(run), 0);
        assert.match(run('batch', 'list').stdout + run('batch', 'list').stderr,
            /waiting|full/);
        run.clear();
        await until('it goes on', () => packed(run) === 30);
        assert.match(w.err, /the inbox goes on/);
        // and full again while pages are read
        spawnSync('cp', ['-r', makeFolder(join(tempDir(t), 'two'), 30, 100),
            join(run.dir, 'inbox/odesos/two')]);
        await until('taken', () => existsSync(join(run.dir, 'inbox/odesos/two.TAKEN.txt')));
        run.fill(0);
        await sleep(4000);
        run.clear();
        await until('all of it', () => packed(run) === 60, 90);
        assert.equal(await w.stop(), 0);
        assert.equal(run('verify').status, 0);
    });

test('a share that goes away: nothing is half taken, and it is taken when it is back',
    needMount, async (t) => {
        const run = archiveOnDisk(t, 64);
        const share = makeDisk(t, 32);
        const box = makeFolder(join(share, 'box'), 3000);
        const child = spawn(program, ['--archive', run.dir, 'ingest', box],
            { stdio: ['ignore', 'pipe', 'pipe'] });
        let said = '';
        child.stderr.on('data', (text) => { said += text; });
        const ended = new Promise((end) => child.on('exit', end));
        await until('it copies', () => staged(run).length === 1 ||
            child.exitCode !== null);
        // as an unmount does it: all of it at once
        spawnSync('umount', ['-l', share]);
        const status = await ended;
        if (status !== 0) {
            assert.equal(status, 1, said);
            assert.match(said, /went away|another folder|nothing of this batch/, said);
            assert.deepEqual(staged(run), []);
            assert.deepEqual(readdirSync(join(run.dir, 'quarantine')), []);
        }
        t.diagnostic(`exit ${status}: ${said.trim().split('\n').pop()}`);
        makeFolder(join(share, 'box'), 3000);
        const r = run('ingest', join(share, 'box'), '--json');
        assert.equal(r.status, 0, r.stderr);
        assert.equal(r.json().batches[0].pages.received, 3000);
    });

test('an inbox on a share that goes away and comes back', needMount, async (t) => {
    const run = archiveOnDisk(t, 16);
    configure(run, { inbox: 'settle_seconds = 1\npoll_seconds = 1\nevents = no' });
    const share = join(run.dir, 'inbox/mladost');
    const other = makeDisk(t, 8);
    mkdirSync(share);
    assert.equal(mount('--bind', other, share).status, 0);
    t.after(() => spawnSync('umount', ['-l', share]));
    const w = watch(t, run);
    makeFolder(join(share, 'box'), 3);
    await until('it is taken', () => packed(run) === 3);
    // one of two files of a list is there: it waits, and is not forgotten
    makeFolder(join(share, 'half'), 1, 20);
    writeFileSync(join(share, 'half/batch.csv'), 'file,volume\n1.tif,v\n2.tif,v\n');
    const open = () => run('batch', 'list', '--json').json()
        .filter((b) => b.batch === null).map((b) => b.inbox).sort();
    await until('it waits', () => open().includes('mladost/half'));
    spawnSync('umount', ['-l', share]);
    await until('it is said', () =>
        /the share of inbox\/mladost is not mounted any more/.test(w.err));
    await until('the list says it', () => open().includes('mladost/(the folder)'));
    await sleep(2000);
    assert.equal(w.err.match(/not mounted any more/g).length, 1, w.err);
    assert.ok(open().includes('mladost/half'));
    assert.equal(mount('--bind', other, share).status, 0);
    makeFolder(join(share, 'two'), 3, 50);
    await until('what came meanwhile', () => packed(run) === 6);
    await until('the share is no trouble any more', () =>
        open().join() === 'mladost/half');
    // and what was taken before is known
    assert.equal(w.out.match(/taken in from/g).length, 2, w.out);
    assert.equal(await w.stop(), 0);
});

test('a folder that is moved away while it is taken in is not taken', async (t) => {
    const dir = tempDir(t);
    const archive = join(dir, 'archive');
    assert.equal(tefter('init', archive).status, 0);
    const box = makeFolder(join(dir, 'box'), 3000);
    const child = spawn(program, ['--archive', archive, 'ingest', box],
        { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => { said += text; });
    const ended = new Promise((end) => child.on('exit', end));
    const incoming = () => readdirSync(join(archive, 'staging'))
        .some((name) => name.startsWith('.tmp-') &&
            existsSync(join(archive, 'staging', name, 'incoming/000020')));
    while (!incoming()) await sleep(1);
    renameSync(box, join(dir, 'elsewhere'));
    assert.equal(await ended, 1, said);
    assert.match(said, /went away while it was taken in/);
    truncateSync(join(dir, 'elsewhere/7.tif'), 100); // the archive has no copy
    assert.deepEqual(readdirSync(join(archive, 'staging')), ['.lock']);
    assert.equal(tefter('--archive', archive, 'batch', 'list').stdout, '');
});

test('on a full disk nobody is let in without its being noted, and the page says so',
    needMount, async (t) => {
        const run = archiveOnDisk(t, 32);
        addAccounts(run);
        const server = await serve(run.dir);
        t.after(() => server.stop());
        const logIn = async () => {
            const form = await fetch(`${server.address}/login`);
            const cookie = form.headers.getSetCookie()[0].split(';')[0];
            return fetch(`${server.address}/login`, {
                method: 'POST', redirect: 'manual', headers: { Cookie: cookie },
                body: new URLSearchParams({ csrf: cookie.split('=')[1],
                    identifier: 'clerk', code }),
            });
        };
        run.fill(0);
        const refused = await logIn();
        const html = await refused.text();
        assert.equal(refused.status, 500, html);
        assert.match(html, /<h1>/);
        assert.ok(!html.includes(run.dir));
        assert.equal(refused.headers.getSetCookie().length, 0);
        await until('the log says which database, and why', () =>
            /access\.sqlite.*(full|I\/O)/.test(server.log()), 5);
        run.clear();
        assert.equal((await logIn()).status, 303);
        assert.equal(run('audit', 'verify').status, 0);
    });

test('on a full disk what there is can be looked at', needMount, (t) => {
    const run = archiveOnDisk(t, 16);
    const box = makeFolder(join(tempDir(t), 'box'), 2);
    const [{ batch }] = run('digitize', box, '--json').json().batches;
    run.fill(0);
    for (const args of [['batch', 'list'], ['batch', 'show', batch],
        ['volume', 'list'], ['batch', 'show', batch, '--html']]) {
        const r = run(...args);
        assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
    }
    // what the trail has to hold before it is shown, is not, and why is said
    for (const args of [['page', 'show', 'odesos/family-register/box/0001'],
        ['search', 'x']]) {
        const r = run(...args);
        assert.equal(r.status, 1, args.join(' '));
        assert.match(r.stderr, /the disk of .* has 0\.0 MiB free/);
    }
});
