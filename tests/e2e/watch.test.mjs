// SPDX-License-Identifier: MIT
// The watched inbox: each batch once, when it is complete, whatever happens.
// WATCH_KILLS says how many kills (default 20); SEED repeats a run.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
    appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync,
    renameSync, rmSync, symlinkSync, utimesSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    configure, makeArchive, program, sleep, tempDir, tinyScan, until,
} from './tefter.mjs';

const kills = Number(process.env.WATCH_KILLS ?? 20);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
let state = seed;
function random() {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
}

function watchedArchive(t, settings = '') {
    const run = makeArchive(t);
    configure(run, { inbox: `settle_seconds = 1\npoll_seconds = 1\n${settings}` });
    return run;
}

// `work --watch` in a process group of its own.
function watch(t, run) {
    const child = spawn(program, ['--archive', run.dir, 'work', '--watch'],
        { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const w = { pid: child.pid, out: '', err: '', child };
    child.stdout.on('data', (text) => { w.out += text; });
    child.stderr.on('data', (text) => { w.err += text; });
    w.ended = new Promise((end) => child.on('exit',
        (code, signal) => end({ code, signal })));
    w.stop = async () => {
        child.kill('SIGTERM');
        return w.ended;
    };
    t.after(() => { try { process.kill(-child.pid, 'SIGKILL'); } catch {} });
    return w;
}

const batches = (run) => run('batch', 'list', '--json').json()
    .filter((b) => b.batch !== null);
const waiting = (run) => run('batch', 'list', '--json').json()
    .filter((b) => b.batch === null);
const packed = (run) => batches(run)
    .reduce((sum, b) => sum + b.pages.packed, 0);
const taken = (dir) => existsSync(`${dir}.TAKEN.txt`);

function drop(run, name, numbers) {
    const dir = join(run.dir, 'inbox', name);
    mkdirSync(dir, { recursive: true });
    numbers.forEach((n, i) => writeFileSync(join(dir, `${i + 1}.tif`), tinyScan(n)));
    return dir;
}

test('a folder is taken once, under the site of its inbox, and left there', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const dir = drop(run, 'mladost/box-1', [1, 2]);
    await until('the batch is kept', () => packed(run) === 2);
    assert.ok(taken(dir), 'a note says so');
    assert.match(readFileSync(`${dir}.TAKEN.txt`, 'utf8'), /taken: box-1-/);
    const [volume] = run('volume', 'list', '--json').json();
    assert.equal(volume.volume, 'mladost/family-register/box-1');
    assert.deepEqual(readdirSync(dir), ['1.tif', '2.tif']);
    await sleep(2500);
    assert.equal(batches(run).length, 1);
    const end = await w.stop();
    assert.deepEqual(end, { code: 0, signal: null });
    assert.equal(w.out.match(/taken in from/g).length, 1, w.out);

    // the next one knows it, the same copied again is recognised
    const again = watch(t, run);
    cpSync(dir, join(run.dir, 'inbox/mladost/copy/box-1'), { recursive: true });
    renameSync(join(run.dir, 'inbox/mladost/copy/box-1'), `${dir}-tmp`);
    rmSync(join(run.dir, 'inbox/mladost/copy'), { recursive: true });
    rmSync(dir, { recursive: true });
    renameSync(`${dir}-tmp`, dir);
    await sleep(3500);
    assert.equal(batches(run).length, 1);
    assert.equal(again.out, '');
    await again.stop();
});

test('a page that comes late takes the place of its number, and moves no other', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const dir = drop(run, 'odesos/box-late', []);
    const note = () => (taken(dir) ? readFileSync(`${dir}.TAKEN.txt`, 'utf8') : '');
    writeFileSync(join(dir, '0001.tif'), tinyScan(1));
    writeFileSync(join(dir, '0003.tif'), tinyScan(3));
    await until('both are kept', () => packed(run) === 2);
    writeFileSync(join(dir, '0002.tif'), tinyScan(2));
    await until('the third is kept', () => packed(run) === 3);
    const pages = run('volume', 'show', 'odesos/family-register/box-late', '--json').json().pages;
    assert.deepEqual(pages.map((p) => [p.page.slice(-4), p.original_name]),
        [['0001', '0001.tif'], ['0002', '0002.tif'], ['0003', '0003.tif']]);
    await until('the note', () => /2 of the pages were there already/.test(note()));
    assert.doesNotMatch(note(), /NOT kept/);

    // another scan in a place that is taken is not passed over in silence
    writeFileSync(join(dir, '0003.tif'), tinyScan(4));
    await until('the note on it', () => /1 of the pages are NOT kept/.test(note()));
    await w.stop();
});

test('what is half copied waits: partial names, a list, a growing file', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const partial = drop(run, 'odesos/partial', [1]);
    writeFileSync(join(partial, '2.tif.part'), 'half');
    const listed = drop(run, 'odesos/listed', [3]);
    writeFileSync(join(listed, 'batch.csv'), 'file,volume\n1.tif,v\n2.tif,v\n');
    const growing = drop(run, 'odesos/growing', [5]);
    for (let i = 0; i < 12; i++) {
        appendFileSync(join(growing, '2.tif'), tinyScan(6).subarray(i * 356, (i + 1) * 356));
        await sleep(300);
        assert.equal(batches(run).length, 0, w.out);
    }
    await until('the one that grew', () => batches(run).length === 1);
    assert.match(batches(run)[0].source, /growing$/);
    assert.deepEqual(waiting(run).map((b) => [b.inbox, b.state]),
        [['odesos/listed', 'waiting'], ['odesos/partial', 'waiting']]);
    assert.match(waiting(run)[0].reason, /1 of 2 files that batch.csv lists .*2\.tif/);
    assert.match(waiting(run)[1].reason, /under way: 2\.tif\.part/);
    writeFileSync(join(listed, '2.tif'), tinyScan(4));
    writeFileSync(join(partial, '2.tif.part'), tinyScan(2));
    renameSync(join(partial, '2.tif.part'), join(partial, '2.tif'));
    await until('the others', () => packed(run) === 6);
    assert.deepEqual(waiting(run), []);
    await w.stop();
});

test('a scan that ends too early waits, and is taken when it is whole', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const whole = tinyScan(2);
    const dir = join(run.dir, 'inbox', 'mladost', 'box-cut');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, '1.tif'), tinyScan(1));
    writeFileSync(join(dir, '2.tif'), whole.subarray(0, whole.length - 3000));
    await until('it is told what it waits for', () => waiting(run)
        .some((b) => /2\.tif ends too early/.test(b.reason)));
    await sleep(2500);
    assert.deepEqual(batches(run), []);
    writeFileSync(join(dir, '2.tif'), whole);
    await until('both are kept', () => packed(run) === 2);
    assert.equal(batches(run).length, 1);
    assert.equal(batches(run)[0].rejected, 0);
    await w.stop();
});

test('what never completes is reported once, and not forgotten', async (t) => {
    const run = watchedArchive(t, 'patience_minutes = 0');
    let w = watch(t, run);
    const dir = drop(run, 'odesos/never', [1]);
    writeFileSync(join(dir, 'batch.csv'), 'file,volume\n1.tif,v\ngone.tif,v\n');
    writeFileSync(join(run.dir, 'inbox/odesos/loose.tif'), tinyScan(9));
    await until('it is told', () => /never is not complete/.test(w.err) &&
        /lie loose/.test(w.err));
    await sleep(3000);
    assert.equal(w.err.match(/never is not complete/g).length, 1, w.err);
    assert.equal(w.err.match(/lie loose/g).length, 1, w.err);
    await w.stop();
    const shown = run('batch', 'show', 'odesos/never', '--json').json();
    assert.equal(shown.state, 'overdue');
    assert.match(shown.reason, /gone\.tif/);
    assert.match(run('batch', 'list').stdout, /inbox odesos\/never: overdue since/);
    assert.ok(existsSync(`${dir}.WAITING.txt`));
    // not told again by the next one, and taken when it is complete after all
    w = watch(t, run);
    await sleep(2500);
    assert.doesNotMatch(w.err, /never/);
    writeFileSync(join(dir, 'gone.tif'), tinyScan(2));
    await until('it is taken', () => taken(dir));
    assert.ok(!existsSync(`${dir}.WAITING.txt`));
    await w.stop();
});

test('a page that comes late to a taken folder is noticed', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const dir = drop(run, 'odesos/box', [1, 2]);
    await until('the first', () => packed(run) === 2);
    writeFileSync(join(dir, '3.tif'), tinyScan(3));
    await until('the late one', () => packed(run) === 3);
    assert.equal(batches(run).reduce((n, b) => n + b.pages.duplicate, 0), 2);
    assert.equal(run('volume', 'show', 'odesos/family-register/box', '--json')
        .json().pages.length, 3);
    await w.stop();
});

test('without events it is polled', async (t) => {
    const run = watchedArchive(t, 'events = no\nrecheck_minutes = 0');
    const w = watch(t, run);
    const dir = drop(run, 'odesos/box', [1]);
    await until('it is kept', () => packed(run) === 1);
    writeFileSync(join(dir, '2.tif'), tinyScan(2));
    await until('what came later, too', () => packed(run) === 2);
    await w.stop();
});

test('what cannot be a batch is refused once, until it changes', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const from = tempDir(t), tar = join(run.dir, 'inbox/odesos/box.tar');
    writeFileSync(join(from, '1.tif'), tinyScan(1));
    symlinkSync('1.tif', join(from, '2.tif'));
    mkdirSync(join(run.dir, 'inbox/odesos'));
    execFileSync('tar', ['-C', from, '-cf', tar, '.']);
    await until('it is refused', () => /box\.tar is refused/.test(w.err));
    await sleep(2500);
    assert.equal(w.err.match(/box\.tar is refused/g).length, 1, w.err);
    const refused = waiting(run).find((b) => b.inbox !== undefined);
    assert.equal(refused.state, 'refused');
    assert.match(refused.reason, /it is a link;.*--dereference/);
    assert.match(readFileSync(`${tar}.REFUSED.txt`, 'utf8'), /it is a link/);
    // the same name, mended: nothing is left of the refusal
    execFileSync('tar', ['-C', from, '--dereference', '--hard-dereference', '-cf', tar, '.']);
    await until('it is taken', () => taken(tar));
    assert.deepEqual(waiting(run), []);
    assert.ok(!existsSync(`${tar}.REFUSED.txt`));
    await w.stop();
});

test('an archive that ends too early waits, and is taken when it is whole', async (t) => {
    const run = watchedArchive(t, 'patience_minutes = 0');
    const from = tempDir(t), whole = join(from, 'box.tar');
    mkdirSync(join(from, 'box'));
    writeFileSync(join(from, 'box/1.tif'), tinyScan(1));
    writeFileSync(join(from, 'box/2.tif'), tinyScan(2));
    execFileSync('tar', ['-C', from, '-cf', whole, 'box']);
    const bytes = readFileSync(whole);
    const tar = join(run.dir, 'inbox/odesos/box.tar');
    const zip = join(run.dir, 'inbox/odesos/half.zip');
    const w = watch(t, run);
    mkdirSync(join(run.dir, 'inbox/odesos'));
    writeFileSync(tar, bytes.subarray(0, bytes.length / 2));
    writeFileSync(zip, 'PK\x03\x04 and then nothing');
    await until('both are overdue', () => waiting(run).length === 2 &&
        waiting(run).every((b) => b.state === 'overdue'));
    await sleep(2500);
    assert.deepEqual(batches(run), []);
    for (const row of waiting(run))
        assert.match(row.reason, /the archive cannot be read/);
    assert.ok(existsSync(`${tar}.WAITING.txt`));
    assert.equal(w.err.match(/box\.tar is not complete/g).length, 1, w.err);
    writeFileSync(tar, bytes);
    await until('the pages are kept', () => packed(run) === 2);
    assert.deepEqual(waiting(run).map((b) => b.inbox), ['odesos/half.zip']);
    assert.ok(taken(tar) && !existsSync(`${tar}.WAITING.txt`));
    await w.stop();
});

test('a note says when pages of what was taken are not kept', async (t) => {
    const run = watchedArchive(t);
    const w = watch(t, run);
    const clean = drop(run, 'odesos/box', [1, 2]);
    await until('the first', () => packed(run) === 2);
    assert.match(readFileSync(`${clean}.TAKEN.txt`, 'utf8'),
        /this folder or file and this note may be deleted/);
    const again = drop(run, 'odesos/box-again', [2, 3]);
    await until('the second', () => packed(run) === 3);
    const note = readFileSync(`${again}.TAKEN.txt`, 'utf8');
    assert.match(note, /1 of the pages are NOT kept/);
    assert.match(note, /leave this folder or file here until/);
    assert.doesNotMatch(note, /may be deleted/);
    await w.stop();
});

test('a bag without its declaration or its manifest waits, and is one bag then', async (t) => {
    const run = watchedArchive(t, 'patience_minutes = 0');
    const inbox = join(run.dir, 'inbox/odesos');
    const w = watch(t, run);
    const sha = (n) => createHash('sha256').update(tinyScan(n)).digest('hex');
    const bag = (name, n, ...parts) => {
        const dir = join(inbox, name);
        const files = { [`data/v${n}/1.tif`]: tinyScan(n),
            'bagit.txt': 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
            'manifest-sha256.txt': `${sha(n)}  data/v${n}/1.tif\n` };
        mkdirSync(join(dir, `data/v${n}`), { recursive: true });
        for (const part of parts) writeFileSync(join(dir, part), files[part]);
    };
    bag('bare', 1, 'data/v1/1.tif');
    bag('undeclared', 2, 'data/v2/1.tif', 'manifest-sha256.txt');
    bag('unlisted', 3, 'data/v3/1.tif', 'bagit.txt');
    await until('all are overdue', () => waiting(run).length === 3 &&
        waiting(run).every((b) => b.state === 'overdue'));
    assert.deepEqual(batches(run), []);
    assert.match(waiting(run).find((b) => b.inbox.endsWith('bare')).reason,
        /data\/ alone, as a BagIt bag has, and no bagit.txt: copy the rest/);
    bag('bare', 1, 'bagit.txt', 'manifest-sha256.txt');
    bag('undeclared', 2, 'bagit.txt');
    bag('unlisted', 3, 'manifest-sha256.txt');
    await until('all are kept', () => packed(run) === 3);
    assert.deepEqual(waiting(run), []);
    await w.stop();
});

test('what could not be read is not said to lie safe', async (t) => {
    const run = watchedArchive(t);
    const dir = drop(run, 'odesos/box', [1]);
    const elsewhere = join(tempDir(t), 'scan.tif');
    writeFileSync(elsewhere, tinyScan(2));
    symlinkSync(elsewhere, join(dir, '2.tif'));
    const w = watch(t, run);
    await until('it is taken', () => taken(dir));
    const note = readFileSync(`${dir}.TAKEN.txt`, 'utf8');
    assert.match(note, /1 of them could not be read, and the archive has no copy/);
    assert.doesNotMatch(note, /may be deleted/);
    await w.stop();
});

// The processes of the group that `watch` began.
function members(group) {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
        try {
            const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
            return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === String(group);
        } catch { return false; }
    }).map(Number);
}

function killSome(group) {
    const alive = members(group);
    if (alive.length === 0) return false;
    try {
        if (random() < 0.5) process.kill(-group, 'SIGKILL');
        else process.kill(alive[Math.floor(random() * alive.length)], 'SIGKILL');
    } catch { return false; }
    return true;
}

test(`${kills} kills: each batch exactly once (SEED=${seed})`, async (t) => {
    const run = watchedArchive(t);
    const folders = 6, each = 20;
    let done = 0, number = 1;
    const old = new Date(Date.now() - 3600e3);

    for (let i = 0; i < folders; i++) {
        const dir = drop(run, `odesos/box-${i}`,
            Array.from({ length: each }, () => number++));
        for (const name of readdirSync(dir)) utimesSync(join(dir, name), old, old);
    }
    while (done < kills) {
        const w = watch(t, run);
        await sleep(500 + random() * 2500);
        while (done < kills && members(w.pid).length > 0 && random() < 0.8) {
            if (killSome(w.pid)) done++;
            await sleep(random() * 600);
        }
        try { process.kill(-w.pid, 'SIGKILL'); } catch {}
        await w.ended;
    }
    const w = watch(t, run);
    await until('all is kept', () => packed(run) === folders * each, 180);
    await until('all is noted', () => Array.from({ length: folders },
        (_, i) => join(run.dir, `inbox/odesos/box-${i}`)).every(taken), 180);
    await sleep(1500); // it may only just have begun to listen to signals
    assert.deepEqual(await w.stop(), { code: 0, signal: null });
    assert.equal(batches(run).length, folders);
    for (const batch of batches(run)) {
        assert.equal(batch.pages.packed, each, JSON.stringify(batch));
        assert.notEqual(batch.finished_utc, '');
    }
    assert.equal(run('verify').status, 0);
    const volumes = run('volume', 'list', '--json').json();
    assert.equal(volumes.length, folders);
    for (const v of volumes) assert.equal(v.pages, each);
    assert.deepEqual(readdirSync(join(run.dir, 'staging'))
        .filter((n) => n !== '.lock'), []);
    t.diagnostic(`${done} kills`);
});
