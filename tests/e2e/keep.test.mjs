// SPDX-License-Identifier: MIT
// Keeping what was packed: checks and their record, as an archivist gives them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
    chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync,
    renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
    makeArchive, start, tefter, tempDir, tinyScan, until,
} from './tefter.mjs';

// Every file below a folder, relative.
function tree(dir, below = '') {
    return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? tree(dir, join(below, e.name)) : [join(below, e.name)]);
}

// Three volumes of two sites, five small pages each; made once, copied for each test.
let made;
const volumes = ['odesos/family-register/1938-001',
    'odesos/family-register/1938-002', 'topoli/local-tax/7'];

before(() => {
    const run = makeArchive({ after: (f) => process.on('exit', f) });
    const batch = join(run.dir, '..', 'batch');
    let csv = 'file,volume,page,series,site\n';
    mkdirSync(batch);
    volumes.forEach((volume, v) => {
        const [site, series, number] = volume.split('/');
        for (let page = 1; page <= 5; page++) {
            const name = `${v}-${page}.tif`;
            writeFileSync(join(batch, name), tinyScan(100 * v + page));
            csv += `${name},${number},${page},${series},${site}\n`;
        }
    });
    writeFileSync(join(batch, 'batch.csv'), csv);
    const r = run('digitize', batch);
    assert.ok(r.status === 0 || r.status === 3, r.stderr);
    assert.deepEqual(run('volume', 'list', '--json').json()
        .map((v) => v.volume).sort(), volumes);
    made = run.dir;
});

function archive(t) {
    const dir = join(tempDir(t), 'archive');
    cpSync(made, dir, { recursive: true });
    const run = (...args) => tefter('--archive', dir, ...args);
    run.dir = dir;
    run.lines = () => readFileSync(join(dir, 'fixity.jsonl'), 'utf8').trim()
        .split('\n').map(JSON.parse);
    run.object = (volume) => {
        const dc = tree(join(dir, 'store')).find((n) =>
            n.endsWith('v1/content/metadata/descriptive/dc.xml') &&
            readFileSync(join(dir, 'store', n), 'utf8').includes(`>${volume}<`));
        return join(dir, 'store', dc.split('/v1/')[0]);
    };
    return run;
}

function harm(path) {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 4;
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
}

// One more page, as a version of its own.
function grow(run, volume, page) {
    const batch = join(run.dir, '..', `more-${Math.random()}`);
    const [site, series, number] = volume.split('/');
    mkdirSync(batch);
    writeFileSync(join(batch, 'more.tif'), tinyScan(900 + page));
    writeFileSync(join(batch, 'batch.csv'), 'file,volume,page,series,site\n' +
        `more.tif,${number},${page},${series},${site}\n`);
    assert.ok([0, 3].includes(run('digitize', batch).status));
}

describe('the record of checks', () => {
    test('says never, then when, then which file came since', (t) => {
        const run = archive(t);
        const never = run('verify', '--report', '--json');
        assert.equal(never.status, 0, never.stderr);
        assert.equal(never.json().complete, false);
        assert.equal(never.json().volumes_due, 3);
        const objects = tree(join(run.dir, 'store')).length;
        assert.equal(run('verify').status, 0);
        // A check leaves nothing in the packages.
        assert.equal(tree(join(run.dir, 'store')).length, objects);
        const after = run('verify', '--report', '--json').json();
        assert.equal(after.complete, true);
        assert.equal(after.due, 0);
        assert.equal(after.files,
            tree(join(run.dir, 'store')).filter((n) => n.includes('/content/')).length);
        assert.match(run('verify', '--report').stdout, /all \d+ files were checked/);
        assert.deepEqual(run.lines().map((l) => l.event), ['publish', 'publish',
            'publish', 'begin', 'check', 'check', 'check', 'root', 'end']);
        // A page that comes later was not checked by it.
        const batch = join(run.dir, '..', 'more');
        mkdirSync(batch);
        writeFileSync(join(batch, '6.tif'), tinyScan(999));
        writeFileSync(join(batch, 'batch.csv'),
            'file,volume,page,series,site\n6.tif,7,6,local-tax,topoli\n');
        assert.ok([0, 3].includes(run('digitize', batch).status));
        const later = run('verify', '--report', '--json').json();
        assert.equal(later.complete, false);
        assert.equal(later.volumes_due, 1);
        assert.ok(later.due > 2);
        const due = run('verify', '--older-than', '90', '--json');
        assert.equal(due.json().volumes, 1);
        assert.equal(run('verify', '--report', '--json').json().complete, true);
        assert.equal(run('verify', '--older-than', '90', '--json').json().volumes, 0);
    });

    test('is of what was chosen: by site, by name, at random', (t) => {
        const run = archive(t);
        assert.equal(run('verify', '--site', 'topoli', '--json').json().volumes, 1);
        assert.equal(run('verify', '--report', '--site', 'topoli', '--json')
            .json().complete, true);
        assert.equal(run('verify', '--report', '--json').json().volumes_due, 2);
        assert.equal(run('verify', volumes[0], '--json').json().volumes, 1);
        assert.equal(run('verify', '--sample', '2', '--json').json().volumes, 2);
        assert.equal(run('verify', '--sample', '1%', '--json').json().volumes, 1);
        assert.equal(run('verify', '--sample', '100%', '--json').json().volumes, 3);
        assert.equal(run('verify', 'odesos/family-register/none').status, 1);
        const mistyped = run('verify', '--site', 'topolli');
        assert.equal(mistyped.status, 2);
        assert.match(mistyped.stderr, /no volume is of the site 'topolli'/);
        for (const bad of [['--sample', '0'], ['--rate', 'fast'],
            ['--resume', '--site', 'x'], ['--report', '--resume']])
            assert.equal(run('verify', ...bad).status, 2, bad.join(' '));
    });

    test('a run that was killed goes on where it was', async (t) => {
        const run = archive(t);
        harm(join(run.object(volumes[0]),
            'v1/content/representations/master/data/0003.tif'));
        const log = join(run.dir, 'fixity.jsonl');
        const child = start('--archive', run.dir, 'verify', '--rate', '20k', '--jobs', '1');
        const ended = new Promise((done) => child.on('exit', done));
        await until('the first volume to be checked', () => existsSync(log) &&
            readFileSync(log, 'utf8').includes('"check"'));
        process.kill(-child.pid, 'SIGKILL');
        await ended;
        const before = run.lines().filter((l) => l.event === 'check').length;
        assert.ok(before < 3);
        assert.match(run('verify', '--report').stdout, /did not come to its end/);
        const r = run('verify', '--resume', '--json');
        assert.equal(r.status, 4, r.stderr);
        assert.equal(r.json().volumes, 3);
        assert.deepEqual(r.json().faults.map((f) => [f.volume, f.kind]),
            [[volumes[0], 'altered']]);
        assert.equal(run.lines().filter((l) => l.event === 'check').length, 3);
        assert.equal(run('verify', '--resume').status, 1);
    });

    test('tells kinds apart, by volume and together; and a volume that is gone', (t) => {
        const run = archive(t);
        assert.equal(run('verify').status, 0);
        const data = 'v1/content/representations/master/data/';
        const first = run.object(volumes[0]);
        harm(join(first, data, '0001.tif'));
        rmSync(join(first, data, '0002.tif'));
        chmodSync(join(first, data, '0003.tif'), 0o644);
        truncateSync(join(first, data, '0003.tif'), 10);
        writeFileSync(join(run.object(volumes[1]), data, 'Thumbs.db'), 'x');
        renameSync(run.object(volumes[2]), join(run.dir, 'gone'));
        const r = run('verify', '--json');
        assert.equal(r.status, 4);
        const counts = Object.fromEntries(r.json().broken.map((b) => [b.volume, b]));
        assert.equal(counts[volumes[0]].altered, 2);
        assert.equal(counts[volumes[0]].missing, 1);
        assert.equal(counts[volumes[1]].extra, 1);
        assert.equal(counts[volumes[2]].missing, 1);
        assert.equal(r.json().counts.altered, 2);
        assert.equal(r.json().counts.missing, 2);
        assert.match(run('verify').stdout, /broken +odesos\/family-register\/1938-001: 1 missing, 2 altered\n/);
        const report = run('verify', '--report', '--json');
        assert.equal(report.status, 4);
        assert.equal(report.json().broken, 3);
    });

    test('who may only read can check, and is told that it is not recorded',
        { skip: process.getuid() === 0 ? 'root may write everywhere' : false }, (t) => {
            const run = archive(t);
            chmodSync(run.dir, 0o555);
            t.after(() => chmodSync(run.dir, 0o755));
            const r = run('verify');
            assert.equal(r.status, 0);
            assert.match(r.stderr, /not recorded/);
        });
});

describe('the replica', () => {
    test('takes what is new, mends what is broken, and brings back what is lost', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const first = run('replicate', replica, '--json');
        assert.equal(first.status, 0, first.stderr);
        assert.equal(first.json().copied.length, 3);
        assert.equal(tefter('verify', '--ocfl', join(replica, 'store')).status, 0);
        assert.equal(run('replicate', replica, '--json').json().copied.length, 0);
        assert.deepEqual(run('audit', 'list', '--kind', 'export', '--json').json()
            .map((e) => [e.subject, e.detail]), Array(2).fill(['*', `as=replica to=${replica}`]));

        const data = 'v1/content/representations/master/data/';
        const object = run.object(volumes[0]);
        const good = readFileSync(join(object, data, '0001.tif'));
        harm(join(object, data, '0001.tif'));
        writeFileSync(join(object, 'v1/content/Thumbs.db'), 'x');
        rmSync(join(run.object(volumes[1]), 'inventory.json'));
        rmSync(run.object(volumes[2]), { recursive: true });
        writeFileSync(join(object, data, 'x'), '');
        for (const name of ['0=ocfl_1.1', 'ocfl_layout.json'])
            rmSync(join(run.dir, 'store', name));
        const r = run('verify', '--repair-from', replica, '--json');
        assert.equal(r.status, 0, r.stdout);
        assert.equal(r.json().whole, false);
        assert.equal(r.json().whole_now, true);
        const repairs = Object.fromEntries(r.json().repairs.map((x) => [x.volume, x]));
        assert.deepEqual(repairs[volumes[0]].mended, [data + '0001.tif']);
        assert.deepEqual(repairs[volumes[0]].removed.sort(),
            ['v1/content/Thumbs.db', data + 'x'].sort());
        assert.deepEqual(repairs[volumes[1]].mended, ['inventory.json']);
        assert.deepEqual(repairs[volumes[2]].mended, ['']);
        assert.ok(readFileSync(join(object, data, '0001.tif')).equals(good));
        const aside = readFileSync(join(repairs[volumes[0]].aside, data, '0001.tif'));
        assert.ok(!aside.equals(good) && aside.length === good.length);
        assert.equal(run('verify').status, 0);
        assert.match(readFileSync(join(object,
            'v2/content/metadata/preservation/premis.xml'), 'utf8'), />recovery</);
        // The repair is a version, and goes to the replica like any other.
        assert.equal(run('replicate', replica, '--json').json().copied.length, 3);
        assert.equal(tefter('verify', '--ocfl', join(replica, 'store')).status, 0);
    });

    test('says what it cannot mend, and what it does not copy', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const object = run.object(volumes[0]);
        const master = 'v1/content/representations/master/data/0001.tif';
        harm(join(object, master));
        const r = run('replicate', replica, '--json');
        assert.equal(r.status, 4);
        assert.deepEqual(r.json().not_copied.map((n) => n.volume), [volumes[0]]);
        assert.equal(r.json().copied.length, 2);
        const mend = run('verify', '--repair-from', replica);
        assert.equal(mend.status, 4);
        assert.match(mend.stdout, /not mended odesos.family-register.1938-001: /);
        assert.match(mend.stdout, /^broken: 3 volumes.*\n1 found broken: 1 altered\n1 broken still\n$/m);
        const told = run('verify', '--repair-from', replica, '--json').json();
        assert.deepEqual([told.whole, told.whole_now], [false, false]);
        assert.equal(run('verify', '--repair-from', join(run.dir, 'none')).status, 1);
    });

    test('what is mended is called whole', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        assert.equal(run('replicate', replica).status, 0);
        harm(join(run.object(volumes[0]), 'v1/content/representations/master/data/0001.tif'));
        const mend = run('verify', '--repair-from', replica);
        assert.equal(mend.status, 0, mend.stdout + mend.stderr);
        assert.match(mend.stdout, /^was broken odesos.family-register.1938-001: 1 altered$/m);
        assert.match(mend.stdout, /^whole now: 3 volumes.*\n1 found broken: 1 altered\nall of it is mended\n$/m);
        assert.doesNotMatch(mend.stdout, /^broken/m);
        const again = run('verify', '--repair-from', replica);
        assert.equal(again.status, 0);
        assert.match(again.stdout, /^whole: 3 volumes.*\n$/);
    });

    test('nothing damaged goes into it as if it were good', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        assert.equal(run('replicate', replica).status, 0);
        // An older version decays, and a new one comes: both are looked at.
        const object = run.object(volumes[2]);
        const master = 'v1/content/representations/master/data/0001.tif';
        const good = readFileSync(join(object, master));
        grow(run, volumes[2], 6);
        harm(join(object, master));
        let r = run('replicate', replica, '--json');
        assert.equal(r.status, 4, r.stdout);
        assert.match(r.json().not_copied[0].reason, /damaged here: v1.*0001\.tif/);
        assert.equal(r.json().copied.length, 0);
        writeFileSync(join(object, master), good);
        assert.equal(run('replicate', replica).status, 0);
        // One that was rolled back, into a replica that never had more.
        grow(run, volumes[2], 7);
        rmSync(join(object, 'v3'), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(object, 'v2', name), join(object, name), { force: true });
        r = run('replicate', join(run.dir, '..', 'second'), '--json');
        assert.equal(r.status, 4, r.stdout);
        assert.deepEqual(r.json().not_copied.map((n) => n.volume), [volumes[2]]);
        assert.match(r.json().not_copied[0].reason, /had version 3/);
    });

    test('its own decay is told', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        assert.equal(run('replicate', replica).status, 0);
        const object = run.object(volumes[0])
            .replace(join(run.dir, 'store'), join(replica, 'store'));
        const master = join(object, 'v1/content/representations/master/data/0001.tif');
        harm(master);
        // Its length is what it was: that is seen by reading.
        assert.equal(run('replicate', replica).status, 0);
        const read = run('replicate', '--read', replica, '--json');
        assert.equal(read.status, 4, read.stdout);
        assert.match(read.json().not_copied[0].reason, /the replica is damaged: v1/);
        for (const [path, spoil] of [[master, (p) => truncateSync(p, 9)],
            [master, rmSync], [join(object, 'inventory.json.sha512'), rmSync],
            [join(object, '0=ocfl_object_1.1'), rmSync],
            [join(object, 'v1/inventory.json'), rmSync]]) {
            spoil(path);
            const r = run('replicate', replica, '--json');
            assert.equal(r.status, 4, path);
            assert.deepEqual(r.json().not_copied.map((n) => n.volume), [volumes[0]]);
        }
        // Put away, it is copied again.
        rmSync(object, { recursive: true });
        assert.equal(run('replicate', replica).status, 0);
        assert.equal(run('replicate', '--read', replica).status, 0);
    });

    test('the store is no replica of itself', (t) => {
        const run = archive(t);
        const before = tree(run.dir).sort();
        for (const dir of [run.dir, join(run.dir, 'store'), join(run.dir, 'store/7f6/new')]) {
            assert.equal(run('replicate', dir).status, 2, dir);
            assert.equal(run('verify', '--repair-from', dir).status, 2, dir);
        }
        assert.deepEqual(tree(run.dir).filter((n) => n !== 'fixity.jsonl').sort(),
            before.filter((n) => n !== 'fixity.jsonl'));
    });

    test('two that begin it at once do not collide', async (t) => {
        const run = archive(t);
        for (let i = 0; i < 5; i++) {
            const replica = join(run.dir, '..', `replica-${i}`);
            const codes = await Promise.all([1, 2, 3].map(() => new Promise((done) =>
                start('--archive', run.dir, 'replicate', replica).on('exit', done))));
            // Done, or told that another is at it.
            assert.ok(codes.every((c) => c === 0 || c === 1), `${codes}`);
            assert.ok(codes.includes(0));
            assert.equal(tefter('verify', '--ocfl', join(replica, 'store')).status, 0);
            assert.equal(run('replicate', replica, '--json').json().copied.length, 0);
        }
    });

    test('killed while it copies, it goes on', async (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        for (let i = 0; i < 20; i++) {
            const child = start('--archive', run.dir, 'replicate', replica);
            const ended = new Promise((done) => child.on('exit', done));
            await new Promise((done) => setTimeout(done, 5 + 7 * i));
            try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it was done */ }
            await ended;
        }
        const r = run('replicate', replica);
        assert.equal(r.status, 0, r.stdout + r.stderr);
        assert.equal(tefter('verify', '--ocfl', join(replica, 'store')).status, 0);
        const bare = (dir) => tree(join(dir, 'store')).sort();
        assert.deepEqual(bare(replica), bare(run.dir));
        assert.deepEqual(readdirSync(join(replica, 'store.work'))
            .filter((n) => !n.endsWith('.lock')), []);
    });
});

// What no object tells of itself.
describe('loss that is whole to look at', () => {
    const faults = (r) => r.json().faults.map((f) => [f.volume, f.kind, f.code, f.path]);

    test('a volume rolled back to an older version is missed and comes back', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const object = run.object(volumes[2]);
        grow(run, volumes[2], 6);
        assert.equal(run('replicate', replica).status, 0);
        const later = readFileSync(join(object, 'inventory.json'));
        rmSync(join(object, 'v2'), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(object, 'v1', name), join(object, name), { force: true });
        const r = run('verify', '--json');
        assert.equal(r.status, 4, r.stdout);
        assert.deepEqual(faults(r), [[volumes[2], 'missing', 'PKG7', 'v2']]);
        assert.equal(run('verify', '--report').status, 4);
        // The check of what is left is no proof that there was no more.
        assert.equal(run('verify').status, 4);
        assert.equal(run('replicate', replica).status, 4);
        const mend = run('verify', '--repair-from', replica, '--json');
        assert.equal(mend.status, 0, mend.stdout);
        assert.ok(readFileSync(join(object, 'v2/inventory.json')).equals(later));
        assert.equal(run('volume', 'show', volumes[2], '--json').json().pages.length, 6);
        assert.equal(run('verify').status, 0);
        // A replica that is behind is none to mend from, and is told as that.
        const old = join(run.dir, '..', 'old');
        cpSync(run.dir, old, { recursive: true });
        grow(run, volumes[2], 7);
        rmSync(object, { recursive: true });
        const behind = run('verify', '--repair-from', old);
        assert.equal(behind.status, 4);
        assert.match(behind.stdout, /not mended topoli.local-tax.7: v4: the volume had version 4/);
    });

    test('nothing is written upon a volume that was rolled back or lost, and the rest goes on', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        grow(run, volumes[2], 6);
        assert.equal(run('replicate', replica).status, 0);
        const back = run.object(volumes[2]);
        const gone = run.object(volumes[0]);
        rmSync(join(back, 'v2'), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(back, 'v1', name), join(back, name), { force: true });
        rmSync(gone, { recursive: true });
        const batch = join(run.dir, '..', 'more');
        mkdirSync(batch);
        writeFileSync(join(batch, 'batch.csv'), 'file,volume,page,series,site\n' +
            volumes.map((volume, i) => {
                const [site, series, number] = volume.split('/');
                writeFileSync(join(batch, `${i}.tif`), tinyScan(950 + i));
                return `${i}.tif,${number},8,${series},${site}\n`;
            }).join(''));
        const r = run('digitize', batch);
        assert.equal(r.status, 4, r.stdout + r.stderr);
        assert.match(r.stderr, /had version 2, and was put back to an older one: .*--repair-from/);
        assert.match(r.stderr, /had version 1, and is not in the store now: .*loss acknowledge/);
        assert.ok(!existsSync(gone));
        assert.ok(!existsSync(join(back, 'v2')));
        const pages = (volume) => run('volume', 'show', volume, '--json').json().pages.length;
        assert.equal(pages(volumes[1]), 6);
        assert.equal(run('verify', '--repair-from', replica).status, 0);
        assert.equal(run('work').status, 0);
        assert.equal(pages(volumes[2]), 7);
        assert.equal(pages(volumes[0]), 6);
        assert.equal(run('verify').status, 0);
    });

    test('a volume that was lost before its first check is missed', (t) => {
        const run = archive(t);
        renameSync(run.object(volumes[1]), join(run.dir, 'gone'));
        const report = run('verify', '--report', '--json');
        assert.equal(report.status, 4, report.stdout);
        assert.deepEqual(report.json().volumes.filter((v) => v.broken)
            .map((v) => v.volume), [volumes[1]]);
        const r = run('verify', '--json');
        assert.equal(r.status, 4, r.stdout);
        assert.deepEqual(faults(r).filter((f) => f[0] !== 'store'),
            [[volumes[1], 'missing', '', '']]);
    });

    test('a root that lost what says that it is one is told, and mended', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const store = join(run.dir, 'store');
        assert.equal(run('replicate', replica).status, 0);
        for (const name of ['0=ocfl_1.1', 'README.txt', 'ocfl_layout.json'])
            rmSync(join(store, name));
        harm(join(store, 'extensions/0004-hashed-n-tuple-storage-layout/config.json'));
        const r = run('verify', '--json');
        assert.equal(r.status, 4, r.stderr);
        assert.equal(r.json().volumes, 3);
        assert.deepEqual(faults(r).map((f) => f.slice(1)).sort(), [
            ['altered', 'PKG8', 'extensions/0004-hashed-n-tuple-storage-layout/config.json'],
            ['missing', 'PKG8', '0=ocfl_1.1'], ['missing', 'PKG8', 'README.txt'],
            ['missing', 'PKG8', 'ocfl_layout.json'], ['rule', 'E069', '']]);
        assert.equal(run('verify', '--repair-from', replica).status, 0);
        assert.equal(run('verify').status, 0);
        // All of it.
        renameSync(store, join(run.dir, 'gone'));
        const gone = run('verify', '--json');
        assert.equal(gone.status, 4, gone.stderr);
        assert.equal(gone.json().counts.missing, 4);
        assert.equal(run('verify', '--report', '--json').json().broken, 3);
        const mend = run('verify', '--repair-from', replica);
        assert.equal(mend.status, 0, mend.stdout + mend.stderr);
        assert.equal(run('verify').status, 0);
        assert.equal(run('volume', 'list', '--json').json().length, 3);
    });

    test('objects that were swapped, strays and empty folders', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const store = join(run.dir, 'store');
        const [a, b] = [run.object(volumes[0]), run.object(volumes[1])];
        assert.equal(run('replicate', replica).status, 0);
        const before = tree(store);
        renameSync(a, join(run.dir, 'spare'));
        renameSync(b, a);
        renameSync(join(run.dir, 'spare'), b);
        cpSync(join(run.object(volumes[2]), 'v1'),
            join(run.object(volumes[2]), 'v9'), { recursive: true });
        mkdirSync(join(store, 'abc/def'), { recursive: true });
        writeFileSync(join(store, 'abc/Thumbs.db'), 'x');
        const r = run('verify', '--json');
        assert.equal(r.status, 4, r.stdout);
        const mend = run('verify', '--repair-from', replica, '--json');
        assert.equal(mend.status, 0, mend.stdout);
        const root = mend.json().repairs.find((x) => x.volume === 'store');
        assert.equal(root.mended.length, 2);
        assert.deepEqual(root.removed.sort(), ['abc', 'abc/Thumbs.db', 'abc/def']);
        assert.ok(existsSync(join(root.aside, 'abc/Thumbs.db')));
        assert.equal(run('verify').status, 0);
        assert.deepEqual(tree(store).filter((n) => !n.includes('/v2/')), before);
        for (const volume of volumes)
            assert.equal(run('volume', 'show', volume, '--json').json().pages.length, 5);
    });

    test('a file where a folder belongs, and a folder where a file does, go aside', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const store = join(run.dir, 'store');
        grow(run, volumes[2], 6);
        assert.equal(run('replicate', replica).status, 0);
        const before = tree(store).sort();
        const grown = run.object(volumes[2]);
        const lost = join(run.object(volumes[0]), '../../..');
        const object = run.object(volumes[1]);
        const linked = join(object, 'v1/content/metadata');
        for (const path of [join(grown, 'v2'), lost]) {
            rmSync(path, { recursive: true });
            writeFileSync(path, 'x');
        }
        renameSync(linked, join(run.dir, 'metadata'));
        symlinkSync(join(run.dir, 'metadata'), linked);
        for (const path of [join(store, 'README.txt'), join(object, 'v1/inventory.json')]) {
            rmSync(path);
            mkdirSync(path);
            writeFileSync(join(path, 'stray'), 'x');
        }
        rmSync(join(store, 'extensions'), { recursive: true });
        writeFileSync(join(store, 'extensions'), 'x');
        assert.equal(run('verify').status, 4);
        const mend = run('verify', '--repair-from', replica, '--json');
        assert.equal(mend.status, 0, mend.stdout + mend.stderr);
        const aside = (volume, path) => readFileSync(
            join(mend.json().repairs.find((x) => x.volume === volume).aside, path), 'utf8');
        assert.equal(aside('store', 'README.txt/stray'), 'x');
        assert.equal(aside('store', 'extensions'), 'x');
        assert.equal(aside('store', lost.slice(store.length + 1)), 'x'); // a stray of the root
        assert.equal(aside(volumes[1], 'v1/inventory.json/stray'), 'x');
        assert.equal(aside(volumes[2], 'v2'), 'x');
        const again = run('verify');
        assert.equal(again.status, 0, again.stdout);
        assert.deepEqual(before.filter((n) => !existsSync(join(store, n))), []);
    });

    test('a folder above the volumes that cannot be listed is told, and the others are checked', (t) => {
        const run = archive(t);
        const closed = join(run.object(volumes[0]), '../..');
        const other = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
        const closing = (...args) => spawnSync(process.env.TEFTER, ['--archive', run.dir, ...args],
            { encoding: 'utf8', ...other });
        // Root lists everything: somebody else looks, who could otherwise.
        if (process.getuid() === 0)
            assert.equal(spawnSync('chown', ['-R', '65534:65534', join(run.dir, '..')]).status, 0);
        const first = closing('verify');
        if (first.error) {
            t.skip(`the program cannot be run as another: ${first.error}`);
            return;
        }
        assert.equal(first.status, 0, first.stderr);
        chmodSync(closed, 0);
        for (const args of [[], ['--sample', '100%'], ['--site', 'odesos']]) {
            const r = closing('verify', '--json', ...args);
            assert.equal(r.status, 4, r.stderr);
            const answer = JSON.parse(r.stdout);
            const path = closed.slice(join(run.dir, 'store/').length);
            assert.deepEqual(answer.faults.filter((f) => f.volume === 'store')
                .map((f) => [f.kind, f.path]), [['unreadable', path]]);
            assert.ok(answer.files > 0 && answer.volumes > 0);
            assert.ok(answer.broken.every((b) => ['store', volumes[0]].includes(b.volume)));
        }
        assert.equal(closing('verify', '--report').status, 4);
        chmodSync(closed, 0o755);
        assert.equal(closing('verify').status, 0);
    });

    test('a storage root that cannot be listed is told, also as JSON', (t) => {
        const run = archive(t);
        const store = join(run.dir, 'store');
        const other = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
        const closing = (...args) => spawnSync(process.env.TEFTER, args, { encoding: 'utf8', ...other });
        if (process.getuid() === 0)
            assert.equal(spawnSync('chown', ['-R', '65534:65534', join(run.dir, '..')]).status, 0);
        const first = closing('--archive', run.dir, 'verify');
        if (first.error) {
            t.skip(`the program cannot be run as another: ${first.error}`);
            return;
        }
        assert.equal(first.status, 0, first.stderr);
        chmodSync(store, 0);
        for (const args of [[], ['--sample', '100%'], ['--site', 'odesos']]) {
            const r = closing('--archive', run.dir, 'verify', '--json', ...args);
            assert.equal(r.status, 4, r.stderr);
            const told = JSON.parse(r.stdout).faults.filter((f) => f.volume === 'store');
            assert.deepEqual(told.map((f) => [f.kind, f.path]), [['unreadable', '']]);
        }
        assert.equal(closing('--archive', run.dir, 'verify', '--report', '--json').status, 4);
        for (const kind of ['--ocfl', '--bagit', '--eark']) {
            const r = closing('verify', kind, store, '--json');
            assert.equal(r.status, 4, kind + r.stderr);
            assert.ok(JSON.parse(r.stdout).faults.some((f) => /denied/.test(f.message)), r.stdout);
        }
        chmodSync(store, 0o755);
        assert.equal(closing('--archive', run.dir, 'verify').status, 0);
    });

    test('a file where a folder is expected breaks a rule, and nothing there is an error', (t) => {
        const dir = tempDir(t);
        const file = join(dir, 'a.tar');
        writeFileSync(file, 'x');
        for (const [kind, code] of [['--ocfl', 'E069'], ['--bagit', 'BAG1'], ['--eark', 'CSIPSTR1']]) {
            const r = tefter('verify', kind, file, '--json');
            assert.equal(r.status, 4, r.stderr);
            assert.deepEqual(r.json().faults.map((f) => f.code), [code]);
            assert.equal(tefter('verify', kind, join(dir, 'none')).status, 1);
        }
    });

    test('what lies in the storage root and is not of it is told, and goes aside', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        assert.equal(run('replicate', replica).status, 0);
        const layout = readdirSync(join(run.dir, 'store/extensions'))[0];
        const strays = ['notes.txt', `extensions/${layout}/old.json`, 'extensions/readme', '.hidden'];
        for (const name of strays) writeFileSync(join(run.dir, 'store', name), 'x');
        mkdirSync(join(run.dir, 'store/extensions/mine'));
        const r = run('verify', '--json');
        assert.equal(r.status, 4);
        assert.deepEqual(r.json().faults.filter((f) => f.code === 'PKG9').map((f) => [f.kind, f.path]).sort(),
            [...strays, 'extensions/mine'].sort().map((n) => ['extra', n]));
        assert.equal(run('verify', '--repair-from', replica).status, 0);
        const [moment] = readdirSync(join(run.dir, 'damaged/store'));
        for (const name of strays) {
            assert.ok(!existsSync(join(run.dir, 'store', name)), name);
            assert.equal(readFileSync(join(run.dir, 'damaged/store', moment, name), 'utf8'), 'x');
        }
        assert.equal(run('verify').status, 0);
        // Other people's storage roots may hold what they like.
        writeFileSync(join(replica, 'store/notes.txt'), 'x');
        assert.equal(tefter('verify', '--ocfl', join(replica, 'store')).status, 0);
    });

    test('after a repair the report says what is', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        assert.equal(run('replicate', replica).status, 0);
        rmSync(join(run.object(volumes[0]),
            'v1/content/representations/master/data/0002.tif'));
        assert.equal(run('verify', '--repair-from', replica).status, 0);
        const report = run('verify', '--report', '--json');
        assert.equal(report.status, 0, report.stdout);
        assert.equal(report.json().broken, 0);
        // The version that says what was mended was checked when it was written.
        assert.equal(report.json().due, 0, report.stdout);
        assert.ok(report.json().complete);
    });
});

describe('what is lost for good', () => {
    const faults = (r) => r.json().faults.map((f) => [f.volume, f.kind, f.code, f.path]);
    const trail = (run) => run('audit', 'list', '--json', '--kind', 'loss').json();

    test('a volume that the catalogue alone knows is missed, and no catalogue is no fault', (t) => {
        const run = archive(t);
        rmSync(join(run.object(volumes[0]), '../../..'), { recursive: true });
        const record = join(run.dir, 'fixity.jsonl');
        const kept = readFileSync(record, 'utf8').split('\n').filter((l) => !l.includes(volumes[0]));
        writeFileSync(record, kept.join('\n'));
        for (const args of [[], ['--site', 'odesos'], [volumes[0]]]) {
            const r = run('verify', '--json', ...args);
            assert.equal(r.status, 4, r.stdout);
            assert.deepEqual(faults(r), [[volumes[0], 'missing', '', '']]);
            assert.match(r.json().faults[0].message, /catalogue has it, of which the record of checks tells nothing/);
            writeFileSync(record, kept.join('\n')); // what this check wrote, too
        }
        // Once it was missed, the record knows it, without the catalogue.
        assert.equal(run('verify').status, 4);
        assert.equal(run('reindex').status, 0);
        const later = run('verify', '--json');
        assert.equal(later.status, 4);
        assert.match(later.json().faults[0].message, /it was missed before, on 20/);
        writeFileSync(record, kept.join('\n'));
        ['', '-wal', '-shm'].forEach((s) => rmSync(join(run.dir, `catalogue.sqlite${s}`), { force: true }));
        assert.equal(run('verify').status, 0);
        writeFileSync(join(run.dir, 'catalogue.sqlite'), 'no database');
        assert.equal(run('verify').status, 0);
    });

    test('a version that the catalogue alone knows is missed', (t) => {
        const run = archive(t);
        const object = run.object(volumes[2]);
        grow(run, volumes[2], 6);
        rmSync(join(object, 'v2'), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(object, 'v1', name), join(object, name), { force: true });
        rmSync(join(run.dir, 'fixity.jsonl'));
        const r = run('verify', '--json');
        assert.equal(r.status, 4, r.stdout);
        assert.deepEqual(faults(r), [[volumes[2], 'missing', 'PKG7', 'v2']]);
        assert.match(r.json().faults[0].message, /the catalogue has version 2/);
    });

    test('files are acknowledged, told as that, and by a version of the volume', (t) => {
        const run = archive(t);
        const object = run.object(volumes[0]);
        const paths = ['0002.tif', '0004.tif'].map((n) => `v1/content/representations/master/data/${n}`);
        rmSync(join(object, paths[0]));
        harm(join(object, paths[1]));
        assert.equal(run('verify').status, 4);
        assert.equal(run('loss', 'acknowledge', volumes[0]).status, 2); // why?
        assert.equal(run('loss', 'acknowledge', volumes[1], '--reason', 'x').status, 1); // it is whole
        assert.equal(run('loss', 'acknowledge', volumes[0], 'v1/inventory.json', '--reason', 'x').status, 1);
        assert.deepEqual(run('loss', 'list', '--json').json(), []);
        const first = run('loss', 'acknowledge', volumes[0], paths[0], '--by', 'archivist-1',
            '--reason', 'и двата диска отказаха', '--json');
        assert.equal(first.status, 0, first.stderr);
        assert.deepEqual(first.json().paths, [paths[0]]);
        assert.equal(first.json().version, 2);
        const one = run('verify', '--json');
        assert.equal(one.status, 4); // the other is no less lost
        assert.deepEqual(faults(one).sort(), [[volumes[0], 'acknowledged', 'E092', paths[0]],
            [volumes[0], 'altered', 'E092', paths[1]]].sort());
        assert.match(one.json().faults.find((f) => f.path === paths[0]).message,
            /acknowledged by archivist-1 on 20.*: и двата диска отказаха/);
        assert.equal(run('loss', 'acknowledge', volumes[0], '--reason', 'so too').status, 0);
        const both = run('verify', '--json');
        assert.equal(both.status, 0, both.stdout);
        assert.ok(both.json().whole);
        assert.equal(both.json().counts.acknowledged, 2);
        const report = run('verify', '--report', '--json');
        assert.equal(report.status, 0, report.stdout);
        assert.deepEqual(report.json().losses.map((l) => [l.volume, l.path, l.by]).sort(),
            [[volumes[0], paths[0], 'archivist-1'], [volumes[0], paths[1], report.json().losses
                .find((l) => l.path === paths[1]).by]]);
        assert.match(run('verify', '--report').stdout, /2 acknowledged as lost/);
        assert.match(run('loss', 'list').stdout, /archivist-1\tи двата диска/);
        // The package says it, and is valid.
        const premis = readFileSync(join(object, 'v2/content/metadata/preservation/premis.xml'), 'utf8');
        assert.match(premis, /archivist-1 acknowledged the loss: и двата диска отказаха/);
        assert.ok(premis.includes(`lost: ${paths[0]}`));
        assert.equal(trail(run).length, 2);
        assert.match(trail(run)[0].detail + trail(run)[1].detail, /reason=и двата диска/);
        assert.equal(run('audit', 'verify').status, 0);
        // What is newly lost is.
        rmSync(join(object, paths[0].replace('0002', '0001')));
        assert.equal(run('verify').status, 4);
        assert.equal(run('loss', 'acknowledge', volumes[0], paths[0], '--reason', 'x').status, 1); // again
    });

    test('a volume whose record is lost is acknowledged, and why it cannot say so is said', (t) => {
        const run = archive(t);
        harm(join(run.object(volumes[0]), 'v1/content/metadata/other/volume.json'));
        assert.equal(run('verify').status, 4);
        const r = run('loss', 'acknowledge', volumes[0], '--reason', 'no copy', '--json');
        assert.equal(r.status, 0, r.stderr);
        assert.equal(r.json().version, 0);
        assert.match(r.json().not_in_package, /volume\.json/);
        const later = run('verify', '--json');
        assert.equal(later.status, 0, later.stdout);
        assert.deepEqual(faults(later).map((f) => f[1]), ['acknowledged', 'acknowledged']);
        assert.equal(run('verify', '--report').status, 0);
        // The same of one whose inventories are all gone.
        const object = run.object(volumes[1]);
        for (const part of ['', 'v1'])
            for (const name of ['inventory.json', 'inventory.json.sha512']) rmSync(join(object, part, name));
        assert.equal(run('verify').status, 4);
        assert.equal(run('verify', '--report').status, 4);
        assert.equal(run('loss', 'acknowledge', volumes[1], '--reason', 'no copy').status, 0);
        const both = run('verify', '--json');
        assert.equal(both.status, 0, both.stdout);
        assert.equal(run('verify', '--report').status, 0);
    });

    test('a good copy that turns up is taken, and a file that is lost again is told again', (t) => {
        const run = archive(t);
        const replica = join(run.dir, '..', 'replica');
        const file = join(run.object(volumes[0]), 'v1/content/representations/master/data/0002.tif');
        assert.equal(run('replicate', replica).status, 0);
        rmSync(file);
        assert.equal(run('loss', 'acknowledge', volumes[0], '--reason', 'no copy').status, 0);
        rmSync(run.object(volumes[1]), { recursive: true });
        assert.equal(run('loss', 'acknowledge', volumes[1], '--reason', 'no copy').status, 0);
        assert.equal(run('verify').status, 0);
        const mend = run('verify', '--repair-from', replica, '--json');
        assert.equal(mend.status, 0, mend.stdout);
        assert.ok(existsSync(file));
        assert.equal(run('volume', 'show', volumes[1], '--json').json().pages.length, 5);
        assert.equal(run('verify', '--json').json().counts.acknowledged, 0);
        assert.deepEqual(run('loss', 'list', '--json').json(), []);
        rmSync(file);
        rmSync(run.object(volumes[1]), { recursive: true });
        const again = run('verify', '--json');
        assert.equal(again.status, 4);
        assert.equal(again.json().counts.missing, 2);
    });

    test('a volume that is gone or was put back is acknowledged, and can be written to again', (t) => {
        const run = archive(t);
        grow(run, volumes[2], 6);
        const back = run.object(volumes[2]);
        rmSync(join(back, 'v2'), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(back, 'v1', name), join(back, name), { force: true });
        rmSync(run.object(volumes[0]), { recursive: true });
        const gone = run('loss', 'acknowledge', volumes[0], '--reason', 'fire', '--json');
        assert.equal(gone.status, 0, gone.stderr);
        assert.deepEqual([gone.json().paths, gone.json().version], [[''], 0]);
        assert.match(gone.json().not_in_package, /no package/);
        assert.equal(run('loss', 'acknowledge', volumes[2], '--reason', 'fire').status, 0);
        const r = run('verify', '--json');
        assert.equal(r.status, 0, r.stdout);
        assert.deepEqual(run('loss', 'list', '--json').json().map((l) => [l.volume, l.path]),
            [[volumes[0], '']]); // version 2 is there again: it says what was lost
        assert.equal(run('verify', '--report', '--json').json().losses.length, 1);
        assert.equal(run('loss', 'acknowledge', volumes[0], '--reason', 'fire').status, 1); // it is
        assert.equal(run('loss', 'acknowledge', 'odesos/local-tax/none', '--reason', 'x').status, 1);
        grow(run, volumes[2], 6);
        grow(run, volumes[0], 1);
        assert.equal(run('verify').status, 0);
        assert.deepEqual(run('loss', 'list', '--json').json(), []);
        // What the package says of it goes and comes with it.
        for (const kind of ['ocfl', 'bag']) {
            const out = join(run.dir, '..', kind);
            assert.equal(run('export', volumes[2], '--as', kind, out).status, 0);
            const other = makeArchive(t);
            const came = other('import', out);
            assert.equal(came.status, 0, came.stdout);
            const premis = tree(join(other.dir, 'store')).filter((n) => n.endsWith('premis.xml')).sort().at(-1);
            assert.match(readFileSync(join(other.dir, 'store', premis), 'utf8'), /acknowledged the loss: fire/);
        }
    });

    test('who has an account without the right to it does not acknowledge, nor repair', (t) => {
        const run = archive(t);
        const user = userInfo().username;
        assert.equal(run('account', 'add', 'clerk-9', '--role', 'clerk').status, 0);
        assert.equal(run('account', 'user-bind', 'clerk-9', user).status, 0);
        for (const words of [['loss', 'acknowledge', volumes[0], '--reason', 'x'],
            ['verify', '--repair-from', run.dir], ['verify', '--repair-f', run.dir]]) {
            const r = run(...words);
            assert.notEqual(r.status, 0);
            assert.match(r.stderr, /clerk-9/, words.join(' '));
        }
        assert.equal(run('verify').status, 0);
        assert.equal(run('loss', 'list').status, 0);
    });
});

describe('export and import', () => {
    const forms = [[], ['--tar'], ['--zip']];

    test('the same volume is the same bytes, and comes back as it went', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        const volume = volumes[2];
        // A second version, so that there is something to lose.
        const batch = join(dir, 'more');
        mkdirSync(batch);
        writeFileSync(join(batch, '6.tif'), tinyScan(998));
        writeFileSync(join(batch, 'batch.csv'),
            'file,volume,page,series,site\n6.tif,7,6,local-tax,topoli\n');
        assert.ok([0, 3].includes(run('digitize', batch).status));
        for (const kind of ['ocfl', 'bag']) {
            for (const form of forms) {
                const name = `${kind}${form}`;
                const other = makeArchive(t);
                const ask = (r, out, ...args) => {
                    const e = r('export', volume, '--as', kind, ...form, ...args, join(dir, out));
                    assert.equal(e.status, 0, e.stderr);
                };
                ask(run, `${name}-1`);
                ask(run, `${name}-2`);
                const came = other('import', join(dir, `${name}-1`), '--json');
                assert.equal(came.status, 0, came.stdout + came.stderr);
                assert.deepEqual(came.json().imports.map((i) => [i.volume, i.new]), [[volume, true]]);
                assert.equal(came.json().imports[0].version, kind === 'ocfl' ? 2 : 1);
                ask(other, `${name}-3`);
                for (const again of [2, 3])
                    assert.deepEqual(bytesOf(join(dir, `${name}-${again}`)),
                        bytesOf(join(dir, `${name}-1`)), name);
                assert.equal(other('verify').status, 0);
                assert.equal(other('volume', 'show', volume, '--json').json().pages.length, 6);
                // Once more does nothing; out is never overwritten.
                assert.equal(other('import', join(dir, `${name}-1`), '--json')
                    .json().imports[0].new, false);
                assert.equal(run('export', volume, '--as', kind, ...form, join(dir, `${name}-1`)).status, 1);
            }
        }
        // An object of before that is there, with what came since; another one is not.
        const older = makeArchive(t);
        const ocfl = join(dir, 'ocfl-1');
        const first = join(dir, 'first-version');
        mkdirSync(first);
        for (const name of ['0=ocfl_object_1.1', 'v1'])
            cpSync(join(ocfl, name), join(first, name), { recursive: true });
        for (const name of ['inventory.json', 'inventory.json.sha512'])
            cpSync(join(ocfl, 'v1', name), join(first, name));
        for (const [from, is] of [[first, [1, true]], [ocfl, [2, true]], [first, [2, false]]]) {
            const r = older('import', from, '--json');
            assert.equal(r.status, 0, r.stdout);
            assert.deepEqual(r.json().imports.map((i) => [i.version, i.new]), [is]);
        }
        const strange = makeArchive(t);
        assert.equal(strange('import', join(dir, 'bag-1')).status, 0);
        const refused = strange('import', ocfl, '--json').json();
        assert.deepEqual(refused.faults.map((f) => f.code), ['IMP3']);
        assert.match(refused.faults[0].message, /the archive has the volume .*, with other contents/);
        // Where it was imported it grows on.
        const other = makeArchive(t);
        assert.equal(other('import', join(dir, 'bag--zip-1')).status, 0);
        writeFileSync(join(batch, '6.tif'), tinyScan(997));
        writeFileSync(join(batch, 'batch.csv'),
            'file,volume,page,series,site\n6.tif,7,9,local-tax,topoli\n');
        assert.ok([0, 3].includes(other('digitize', batch).status));
        assert.equal(other('verify').status, 0);
        assert.equal(other('volume', 'show', volume, '--json').json().pages.length, 7);
        assert.equal(tefter('verify', '--bagit', join(dir, 'bag-1')).status, 0);
        const [folder] = readdirSync(join(dir, 'bag-1/data'));
        const eark = tefter('verify', '--eark', join(dir, 'bag-1/data', folder));
        assert.equal(eark.status, 0, eark.stdout);
        assert.equal(tefter('verify', '--ocfl', join(dir, 'ocfl-1')).status, 0);
    });

    test('an import that was killed before it was indexed is found when it is given again', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        const other = makeArchive(t);
        const catalogue = join(other.dir, 'catalogue.sqlite');
        assert.equal(run('export', volumes[2], join(dir, 'first')).status, 0);
        assert.equal(other('import', join(dir, 'first')).status, 0);
        for (const kind of ['bag', 'ocfl']) {
            const volume = volumes[kind === 'bag' ? 0 : 1];
            assert.equal(run('export', volume, '--as', kind, join(dir, kind)).status, 0);
            const before = ['', '-wal', '-shm'].filter((s) => existsSync(catalogue + s));
            before.forEach((s) => cpSync(catalogue + s, join(dir, `before${s}`)));
            assert.equal(other('import', join(dir, kind)).status, 0);
            // As if it had been killed after the object was in its place.
            ['', '-wal', '-shm'].forEach((s) => rmSync(catalogue + s, { force: true }));
            before.forEach((s) => cpSync(join(dir, `before${s}`), catalogue + s));
            const listed = () => other('volume', 'list', '--json').json().map((v) => v.volume);
            assert.ok(!listed().includes(volume));
            assert.equal(other('import', join(dir, kind), '--json').json().imports[0].new, false);
            assert.ok(listed().includes(volume), kind);
        }
    });

    test('what killed commands left behind is cleared away, and what is alive is not', (t) => {
        const run = archive(t);
        const hash = run.object(volumes[0]).split('/').at(-1);
        const left = [...['import', 'export', 'reread'].map((k) => `cache/${k}-AbC123`),
            ...['import', 'repair', 'copy'].map((k) => `store.work/${hash}.${k}`)];
        for (const name of [...left, 'cache/pyramids/x', 'cache/import-of-mine']) {
            mkdirSync(join(run.dir, name, 'object'), { recursive: true });
            writeFileSync(join(run.dir, name, 'object/0001.tif'), 'x');
        }
        assert.equal(run('work').status, 0);
        assert.deepEqual(left.filter((n) => existsSync(join(run.dir, n))), []);
        assert.ok(existsSync(join(run.dir, 'cache/pyramids/x')));
        assert.ok(existsSync(join(run.dir, 'cache/import-of-mine')));
        assert.equal(run('verify').status, 0);
        // One that somebody works in: flock(1) holds the folder.
        mkdirSync(join(run.dir, 'cache/export-AbC124'));
        const held = spawnSync('flock', [join(run.dir, 'cache/export-AbC124'),
            process.env.TEFTER, '--archive', run.dir, 'work'], { encoding: 'utf8' });
        assert.equal(held.status, 0, held.stderr);
        assert.ok(existsSync(join(run.dir, 'cache/export-AbC124')));
    });

    test('what is damaged does not come in, and each fault has its code', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        const codes = (...args) => {
            const other = makeArchive(t);
            const r = other('import', ...args, '--json');
            assert.equal(r.status, 4, r.stderr);
            assert.ok(!tree(join(other.dir, 'store')).some((n) => n.includes('inventory')));
            return r.json().faults.map((f) => f.code);
        };
        assert.equal(run('export', volumes[0], join(dir, 'bag')).status, 0);
        assert.equal(run('export', volumes[0], '--as', 'ocfl', join(dir, 'ocfl')).status, 0);
        const master = tree(join(dir, 'bag')).find((n) => n.endsWith('/0002.tif'));
        harm(join(dir, 'bag', master));
        rmSync(join(dir, 'bag', master.replace('0002', '0003')));
        assert.deepEqual(codes(join(dir, 'bag')).sort(),
            ['BAG6', 'BAG8', 'BAG9', 'CSIP71', 'CSIP79']);
        harm(join(dir, 'ocfl/v1/content/representations/master/data/0001.tif'));
        assert.deepEqual(codes(join(dir, 'ocfl')), ['E092']);
        mkdirSync(join(dir, 'empty'));
        assert.deepEqual(codes(join(dir, 'empty')), ['IMP1']);
        // A store that is damaged gives nothing out.
        harm(join(run.object(volumes[1]), 'v1/content/representations/master/data/0001.tif'));
        assert.equal(run('export', volumes[1], '--tar', join(dir, 'x.tar')).status, 4);
        assert.deepEqual(readdirSync(dir).filter((n) => n.includes('x.tar')), []);
        assert.equal(run('export', 'topoli/local-tax/none', join(dir, 'y')).status, 1);
    });

    test('a package whose record of pages is not what lies in it does not come in', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        assert.equal(run('export', volumes[0], join(dir, 'bag')).status, 0);
        assert.equal(run('export', volumes[0], '--as', 'ocfl', join(dir, 'ocfl')).status, 0);
        const [name] = readdirSync(join(dir, 'bag/data'));
        const sum = (bytes, kind) => createHash(kind).update(bytes).digest('hex');
        // The record changed, and all that states its sums with it.
        const contradict = (folder, change) => {
            const path = join(folder, 'metadata/other/volume.json');
            const old = readFileSync(path);
            const json = JSON.parse(old);
            change(json);
            const bytes = Buffer.from(JSON.stringify(json));
            chmodSync(path, 0o644);
            writeFileSync(path, bytes);
            const mets = join(folder, 'METS.xml');
            const text = readFileSync(mets, 'utf8');
            const told = text.replace(/<(?:\w+:)?mdRef[^>]*volume\.json[^>]*>/, (ref) => ref
                .replace(sum(old, 'sha256'), sum(bytes, 'sha256'))
                .replace(`SIZE="${old.length}"`, `SIZE="${bytes.length}"`));
            assert.notEqual(told, text);
            chmodSync(mets, 0o644);
            writeFileSync(mets, told);
        };
        const codes = (from) => {
            const other = makeArchive(t);
            const r = other('import', from, '--json');
            assert.equal(r.status, 4, r.stdout + r.stderr);
            assert.deepEqual(r.json().imports.map((i) => i.new), [false]);
            assert.ok(!tree(join(other.dir, 'store')).some((n) => n.includes('inventory')));
            return [...new Set(r.json().faults.map((f) => f.code))];
        };
        const cases = [
            ['IMP8', (j) => j.pages.pop()],
            ['IMP8', (j) => { j.pages = []; }],
            ['IMP8', (j) => j.pages.push(j.pages[0])],
            ['IMP1', (j) => { j.pages[1].page.master = '0001.tif'; j.pages[1].master = j.pages[0].master; }],
            ['IMP1', (j) => { j.pages[0].master = '../../../etc/passwd'; }],
            ['IMP1', (j) => { j.pages[0].alto.path = j.pages[1].alto.path; }],
            ['IMP1', (j) => { j.pages[0].page.master = '../../../etc/passwd'; }],
        ];
        cases.forEach(([code, change], i) => {
            const folder = join(dir, `eark-${i}`, name);
            cpSync(join(dir, 'bag/data', name), folder, { recursive: true });
            contradict(folder, change);
            assert.deepEqual(codes(folder), [code], String(change));
        });
        // In the bag, with its manifests made anew.
        const folder = join(dir, 'bag/data', name);
        const listed = ['metadata/other/volume.json', 'METS.xml'].map((n) => join(folder, n));
        const manifests = readdirSync(join(dir, 'bag')).filter((n) => n.includes('manifest-'))
            .sort().map((n) => join(dir, 'bag', n));
        const before = [...listed, ...manifests].map((n) => [n, readFileSync(n)]);
        contradict(folder, cases[0][1]);
        const grown = listed.reduce((n, path) => n + statSync(path).size, 0) -
            before.slice(0, 2).reduce((n, [, bytes]) => n + bytes.length, 0);
        const info = join(dir, 'bag/bag-info.txt');
        before.push([info, readFileSync(info)]);
        const counted = readFileSync(info, 'utf8').replace(/(Payload-Oxum: )(\d+)/,
            (_, key, bytes) => key + (Number(bytes) + grown));
        chmodSync(info, 0o644);
        writeFileSync(info, counted);
        manifests.forEach((manifest) => {
            let text = readFileSync(manifest, 'utf8');
            for (const [path, bytes] of before) {
                for (const kind of ['sha256', 'sha512'])
                    text = text.replace(sum(bytes, kind), sum(readFileSync(path), kind));
            }
            chmodSync(manifest, 0o644);
            writeFileSync(manifest, text);
        });
        assert.equal(tefter('verify', '--bagit', join(dir, 'bag')).status, 0);
        assert.deepEqual(codes(join(dir, 'bag')), ['IMP8']);
        // As an object, with its inventories and sidecars made anew.
        const content = join(dir, 'ocfl/v1/content');
        const kept = ['metadata/other/volume.json', 'METS.xml'].map((n) =>
            [join(content, n), readFileSync(join(content, n))]);
        contradict(content, cases[0][1]);
        for (const part of ['', 'v1']) {
            const inventory = join(dir, 'ocfl', part, 'inventory.json');
            const text = kept.reduce((text, [path, bytes]) => text.replaceAll(
                sum(bytes, 'sha512'), sum(readFileSync(path), 'sha512')),
            readFileSync(inventory, 'utf8'));
            for (const [path, bytes] of [[inventory, text],
                [`${inventory}.sha512`, `${sum(text, 'sha512')} inventory.json\n`]]) {
                chmodSync(path, 0o644);
                writeFileSync(path, bytes);
            }
        }
        assert.equal(tefter('verify', '--ocfl', join(dir, 'ocfl')).status, 0);
        assert.deepEqual(codes(join(dir, 'ocfl')), ['IMP8']);
    });

    test('what killed exports left beside what they wrote goes with the next one', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        const dead = spawnSync('true').pid;
        const left = [`.tmp-${dead}-bag`, `.tmp-${dead}-other.tar`];
        const kept = [`.tmp-${process.pid}-bag`, '.tmp-mine', `.tmp-${dead}`, `tmp-${dead}-x`];
        mkdirSync(join(dir, left[0], 'data'), { recursive: true });
        for (const name of [`${left[0]}/data/0001.tif`, left[1], ...kept])
            writeFileSync(join(dir, name), 'x');
        assert.equal(run('export', volumes[0], join(dir, 'bag')).status, 0);
        assert.deepEqual(readdirSync(dir).sort(), [...kept, 'bag'].sort());
        for (const [kind, out] of [['pdf', 'x.pdf'], ['dip', 'dip']]) {
            writeFileSync(join(dir, left[1]), 'x');
            assert.equal(run('export', volumes[0], '--as', kind, join(dir, out)).status, 0);
            assert.ok(!existsSync(join(dir, left[1])), kind);
        }
    });

    test('what is damaged does not go out as a copy either', (t) => {
        const run = archive(t);
        const dir = tempDir(t);
        const object = run.object(volumes[0]);
        // The picture may be in the cache, and the master rot behind it.
        assert.equal(run('export', volumes[0], '--as', 'dip', join(dir, 'good')).status, 0);
        for (const name of ['master/data/0002.tif', 'ocr/data/0003.xml']) {
            const path = join(object, 'v1/content/representations', name);
            const was = readFileSync(path);
            for (const kind of ['dip', 'pdf']) {
                harm(path);
                const r = run('export', volumes[0], '--as', kind, join(dir, 'out'));
                assert.equal(r.status, 4, `${kind} ${name}: ${r.stderr}`);
                assert.match(r.stderr, /is not what the inventory says/);
                assert.ok(!existsSync(join(dir, 'out')));
                writeFileSync(path, was);
            }
        }
        for (const kind of ['dip', 'pdf'])
            assert.equal(run('export', volumes[0], '--as', kind, join(dir, kind)).status, 0);
    });
});

// A file's bytes, or those of all files below a folder with their names.
function bytesOf(path) {
    if (!statSync(path).isDirectory())
        return readFileSync(path).toString('base64');
    return tree(path).sort().map((n) =>
        [n, readFileSync(join(path, n)).toString('base64')]);
}
