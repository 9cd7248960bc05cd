// SPDX-License-Identifier: MIT
// The road to a letter model, walked as shortly as can be, and lines out of an
// archive to walk it with.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
    appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync,
    readdirSync, renameSync, statSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, program, root, samples, tempDir } from './tefter.mjs';

const bin = dirname(program);
const dejavu = '/usr/share/fonts/truetype/dejavu';
const needTools = existsSync(join(bin, 'make-practice')) && existsSync(dejavu)
    ? {} : { skip: 'libpango1.0-dev or fonts-dejavu-core is not installed' };

const train = (...args) =>
    spawnSync(join(root, 'scripts/train-model'),
        ['--bin', bin, '--fonts', dejavu, '--pages', '2', '--rounds', '40 10 10',
            ...args],
        { encoding: 'utf8', maxBuffer: 1 << 28 });

// What combine_tessdata -d lists of a model.
const parts = (model) =>
    spawnSync('combine_tessdata', ['-d', model], { encoding: 'utf8' });

test('a model is made, goes on after an interruption, and is not shipped when '
    + 'it is worse', needTools, (t) => {
    const work = join(tempDir(t), 'work');
    const out = join(tempDir(t), 'models');
    let r = train('--work', work, '--judge', '0', '--out', out, '--ship');
    assert.equal(r.status, 0, r.stderr + r.stdout);
    assert.match(r.stdout, /drawn and cut: 2 of 2 pages/);

    // It can be read with, and its alphabet is ours.
    const model = join(out, 'tefter.traineddata');
    const about = JSON.parse(readFileSync(join(out, 'tefter.json'), 'utf8'));
    assert.equal(about.licence, 'Apache-2.0');
    assert.match(about.sha256, /^[0-9a-f]{64}$/);
    assert.ok(statSync(model).size < 6 << 20);
    const listed = parts(model);
    assert.match(listed.stdout + listed.stderr, /lstm-unicharset/);
    assert.ok(readFileSync(model).includes('\nѣ '));
    const read = spawnSync(program, ['bench', 'ocr', '--ours-only', '--json',
        join(samples, '1957-034-001.tif'), '--truth',
        join(root, 'samples/truth')],
    { encoding: 'utf8', env: { ...process.env, TEFTER_MODELS: out } });
    assert.equal(read.status, 0, read.stderr);
    assert.ok(JSON.parse(read.stdout).total.tefter.words_read > 10);

    // Run again, it makes nothing again.
    const before = statSync(join(work, 'lines/practice-001000.lstmf')).mtimeMs;
    const trained = readFileSync(join(work, 'train.log'), 'utf8')
        .match(/Finished!/g).length;
    r = train('--work', work, '--judge', '0', '--out', out);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(statSync(join(work, 'lines/practice-001000.lstmf')).mtimeMs,
        before);
    assert.equal(readFileSync(join(work, 'train.log'), 'utf8')
        .match(/Finished!/g).length, trained);

    // Sixty rounds make no model as good as ours.
    copyFileSync(join(root, 'ocr/models/tefter.traineddata'), model);
    r = train('--work', work, '--judge', '1', '--out', out, '--ship');
    assert.equal(r.status, 1, r.stdout);
    assert.match(r.stderr, /worse than the model that is there/);
    assert.deepEqual(readFileSync(model),
        readFileSync(join(root, 'ocr/models/tefter.traineddata')));
});

test('fonts that are kept for testing are refused', needTools, (t) => {
    const fonts = '/usr/share/fonts/opentype/urw-base35';
    if (!existsSync(fonts)) return t.skip(`${fonts} is not there`);
    const r = train('--work', join(tempDir(t), 'work'), '--fonts', fonts);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /kept for testing[^]*C059/);
});

// Some fields of a page of the sample become ones that a person corrected.
const correct = (dir) => {
    const file = readdirSync(join(dir, 'store'), { recursive: true })
        .filter((f) => f.endsWith('0002.records.xml'))
        .map((f) => join(dir, 'store', f))
        .find((f) => readFileSync(f, 'utf8')
            .includes('odesos/family-register/1938-012'));
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/(<field name="name"[^>]*origin=")ocr"/g,
        '$1corrected"');
    assert.notEqual(changed, text);
    writeFileSync(`${file}.new`, changed);
    renameSync(`${file}.new`, file);
};

test('corrected cells become lines, where the series agrees', needTools, (t) => {
    const run = makeArchive(t);
    const volume = 'odesos/family-register/1938-012';
    const dir = join(tempDir(t), 'lines');
    assert.equal(run('digitize', samples).status, 0);
    correct(run.dir);

    const refused = run('training', 'export', dir, volume);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /training_series/);
    assert.deepEqual(existsSync(dir) ? readdirSync(dir) : [], []);

    const conf = join(run.dir, 'tefter.conf');
    writeFileSync(conf, `training_series = family-register\n${
        readFileSync(conf, 'utf8')}`);
    const r = run('training', 'export', dir, volume, '--json');
    assert.equal(r.status, 0, r.stderr);
    const lines = r.json();
    assert.ok(lines.length >= 4, `${lines.length} lines`);
    for (const line of lines) {
        assert.equal(line.origin, 'corrected');
        assert.equal(line.field, 'name');
        assert.equal(readFileSync(join(dir, `${line.line}.gt.txt`), 'utf8'),
            line.text);
        const png = readFileSync(join(dir, `${line.line}.png`));
        const [w, h] = [png.readUInt32BE(16), png.readUInt32BE(20)];
        assert.ok(h >= 44 && h < 100 && w > 4 * h, `${w} x ${h}`);
    }
    assert.ok(lines.some((l) => l.text === 'Иванъ Петровъ Тодоровъ'));

    // What the trainer takes; and a text that is missing is told by its name.
    const packed = join(tempDir(t), 'own.lstmf');
    const pack = () => spawnSync(join(bin, 'tefter-pack-lines'), [packed, dir],
        { encoding: 'utf8' });
    assert.equal(pack().status, 0);
    assert.equal(readFileSync(packed).readUInt32LE(0), lines.length);
    copyFileSync(join(dir, `${lines[0].line}.png`), join(dir, 'alone.png'));
    const alone = pack();
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /alone\.gt\.txt/);

    // The road takes them.
    appendFileSync(join(dir, 'alone.gt.txt'), lines[0].text);
    const work = join(tempDir(t), 'work');
    mkdirSync(work);
    const trained = train('--work', work, '--judge', '0', '--lines', dir);
    assert.equal(trained.status, 0, trained.stderr + trained.stdout);
    assert.match(readFileSync(join(work, 'list.txt'), 'utf8'), /own-1\.lstmf/);
    assert.ok(existsSync(join(work, 'made/tefter.traineddata')));
});
