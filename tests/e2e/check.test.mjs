// SPDX-License-Identifier: MIT
// `tefter check`, and the rules that an archive judges its scans by.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync }
    from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, samples, tefter, tempDir } from './tefter.mjs';

const small = '1979-107-002.tif';

// A folder with good pages, a page that was cut short, and what lies beside.
function mixedFolder(dir) {
    mkdirSync(dir, { recursive: true });
    const page = readFileSync(join(samples, small));
    for (const name of ['a.tif', 'b.tif', 'd.tif'])
        writeFileSync(join(dir, name), page);
    writeFileSync(join(dir, 'c.tif'), page.subarray(0, page.length / 2));
    writeFileSync(join(dir, 'readme.txt'), 'Box 12, second half.\n');
    return dir;
}

test('a folder is judged in order, whatever the number of processes', (t) => {
    const dir = mixedFolder(join(tempDir(t), 'box'));
    const one = tefter('check', '--json', '--jobs=1', dir);
    const many = tefter('check', '--json', '--jobs=7', dir);
    assert.equal(one.status, 3, one.stderr);
    assert.equal(many.stdout, one.stdout);
    assert.deepEqual(
        one.json().map((f) => [f.file.split('/').at(-1), f.verdict]),
        [['a.tif', 'accept'], ['b.tif', 'accept'], ['c.tif', 'reject'],
            ['d.tif', 'accept'], ['readme.txt', 'ignore']]);
    // A file that somebody names is judged as a scan.
    const named = tefter('check', '--json', join(dir, 'readme.txt'));
    assert.equal(named.json()[0].verdict, 'reject');
    assert.equal(named.json()[0].findings[0].rule, 'file-not-tiff');
});

// A page of A4 at 300 dpi with nothing on it, in one strip, not compressed.
function blankPage() {
    const [width, height] = [2480, 3508];
    const strip = Buffer.alloc(width / 8 * height);
    const entries = [[256, 4, width], [257, 4, height], [258, 3, 1],
        [259, 3, 1], [262, 3, 0], [273, 4, 0], [277, 3, 1], [278, 4, height],
        [279, 4, strip.length], [282, 5, 0], [283, 5, 0], [296, 3, 2]];
    const behind = 8 + 2 + 12 * entries.length + 4;
    const head = Buffer.alloc(behind + 8);
    head.write('II*\0', 0, 'latin1');
    head.writeUInt32LE(8, 4);
    head.writeUInt16LE(entries.length, 8);
    entries.forEach(([tag, type, value], i) => {
        const at = 10 + 12 * i;
        head.writeUInt16LE(tag, at);
        head.writeUInt16LE(type, at + 2);
        head.writeUInt32LE(1, at + 4);
        head.writeUInt32LE(type === 5 ? behind
            : tag === 273 ? behind + 8 : value, at + 8);
    });
    head.writeUInt32LE(300, behind);
    head.writeUInt32LE(1, behind + 4);
    return Buffer.concat([head, strip]);
}

test('the pages of a folder are judged beside each other', (t) => {
    const dir = join(tempDir(t), 'box');
    const page = join(samples, small);
    mkdirSync(join(dir, 'm'), { recursive: true });
    for (const name of ['a', 'b', 'c', 'x', 'y', 'z'])
        copyFileSync(page, join(dir, `${name}.tif`));
    writeFileSync(join(dir, 'd.tif'), blankPage());
    // A few pages are no volume, nor do they belong to the one around them.
    for (const name of ['a', 'b', 'c'])
        copyFileSync(page, join(dir, 'm', `${name}.tif`));
    writeFileSync(join(dir, 'm', 'd.tif'), blankPage());
    const run = tefter('check', '--json', dir);
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(
        run.json().map((f) => f.file.slice(dir.length + 1)),
        ['a.tif', 'b.tif', 'c.tif', 'd.tif', 'm/a.tif', 'm/b.tif', 'm/c.tif',
            'm/d.tif', 'x.tif', 'y.tif', 'z.tif']);
    assert.deepEqual(
        run.json().filter((f) => f.findings.some(
            (n) => n.rule === 'quality-blank-in-volume'))
            .map((f) => [f.file.slice(dir.length + 1), f.verdict]),
        [['d.tif', 'warn']]);
    // A file that is named stands by itself.
    const named = tefter('check', '--json', ...readdirSync(dir)
        .filter((name) => name.endsWith('.tif')).map((n) => join(dir, n)));
    assert.ok(named.json().every((f) => f.findings.every(
        (n) => n.rule !== 'quality-blank-in-volume')));
});

test('the rules are listed, and what is listed can be given back', (t) => {
    const listed = tefter('check', '--list-rules');
    assert.equal(listed.status, 0, listed.stderr);
    const file = join(tempDir(t), 'all.conf');
    writeFileSync(file, listed.stdout);
    const again = tefter('check', '--rules', file, '--list-rules');
    assert.equal(again.stdout, listed.stdout);
    const rules = tefter('check', '--list-rules', '--json').json();
    const decodes = rules.find((r) => r.rule === 'tiff-strip-decodes');
    assert.equal(decodes.severity, 'error');
    assert.equal(decodes.fixed, true);
    for (const r of rules)
        for (const key of ['what', 'why', 'do'])
            assert.ok(r[key].length > 5, `${r.rule}: ${key}`);
    const range = rules.find((r) => r.rule === 'tiff-resolution-range');
    assert.deepEqual(range.thresholds, { min_dpi: 150, max_dpi: 2400 });
});

test("an archive's rules.conf counts for ingest, and for check", (t) => {
    const run = makeArchive(t);
    const batch = join(tempDir(t), 'box');
    mkdirSync(batch);
    copyFileSync(join(samples, small), join(batch, small));
    const conf = join(run.dir, 'rules.conf');
    assert.match(readFileSync(conf, 'utf8'), /tefter check --list-rules/);
    assert.equal(run('check', batch).status, 0);
    writeFileSync(conf, '[tiff-compression]\nseverity = error\nallowed = jpeg\n');
    assert.equal(run('check', batch).status, 3);
    assert.equal(tefter('check', batch).status, 0);
    const taken = run('ingest', '--json', batch);
    assert.equal(taken.status, 3, taken.stderr);
    const reasons = readdirSync(join(run.dir, 'quarantine'), { recursive: true })
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(join(run.dir, 'quarantine', name), 'utf8'));
    assert.match(reasons.join(), /tiff-compression/);
});

test('a rules file that is wrong is refused with its line', (t) => {
    const run = makeArchive(t);
    const conf = join(run.dir, 'rules.conf');
    writeFileSync(conf, '# ours\n[tiff-strip-decodes]\nseverity = off\n');
    for (const r of [run('check', join(samples, small)),
        run('ingest', samples)]) {
        assert.equal(r.status, 2);
        assert.match(r.stderr, /rules\.conf:3: \[tiff-strip-decodes\]/);
    }
    const none = tefter('check', '--rules', '/no/such.conf', samples);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /\/no\/such\.conf/);
});

test('the TIFF rules alone say nothing of how a page looks', () => {
    const blank = join(samples, '1957-034-004.tif'); // a blank page
    const rules = (r) => r.json()[0].findings.map((f) => f.rule)
        .filter((rule) => rule.startsWith('quality-'));
    assert.deepEqual(rules(tefter('check', '--json', blank)), ['quality-blank']);
    assert.deepEqual(rules(tefter('check', '--json', '--no-quality', blank)), []);
});

test('nor of a folder that looks like a volume, whose pages are called by file', (t) => {
    const dir = tempDir(t);
    for (let i = 0; i < 7; i++)
        copyFileSync(join(samples, small), join(dir, `scan_${i}.tif`));
    copyFileSync(join(samples, '1957-034-004.tif'), join(dir, 'scan_7.tif'));
    const said = (...more) => tefter('check', '--json', ...more, dir).json()
        .flatMap((f) => f.findings).filter((f) => f.rule.startsWith('quality-'))
        .map((f) => f.message);
    assert.ok(said().some((text) => text.includes('scan_7.tif is')), said().join('\n'));
    assert.deepEqual(said('--no-quality'), []);
});

test('the bench measures check beside libtiff', () => {
    const r = tefter('bench', 'check', '--rounds=1', '--json',
        join(samples, small));
    assert.equal(r.status, 0, r.stderr);
    const figures = r.json();
    assert.equal(figures.files, 1);
    assert.ok(figures.libtiff.cpu_s > 0 && figures.check.cpu_s > 0);
    assert.ok(figures.ratio > 0);
});
