// SPDX-License-Identifier: MIT
// Packages of ours that were altered by somebody who knows how: every digest is
// right, and what they say is not what we write, or not all that was done.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
    chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync,
    writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { makeArchive, samples, tefter, tempDir } from './tefter.mjs';

const volume = 'odesos/family-register/1938-012';
const record = 'metadata/other/volume.json';
const premis = 'metadata/preservation/premis.xml';
const alto = 'representations/ocr/data/0001.xml';
const mix = 'representations/master/metadata/technical/mix-0001.xml';
const records = 'representations/ocr/data/0002.records.xml';
let made; // a folder with the volume as E-ARK package and as OCFL object

function ok(r) {
    assert.ok([0, 3].includes(r.status), r.stderr + r.stdout);
    return r;
}

// A page that was scanned again after a person entered something on it, and a
// second reading.
before(() => {
    const run = makeArchive({ after: (f) => process.on('exit', f) });
    const dir = join(run.dir, '..');
    const batch = join(dir, 'batch');
    mkdirSync(batch);
    const names = ['1938-012-001.tif', '1938-012-002.tif'];
    names.forEach((n) => copyFileSync(join(samples, n), join(batch, n)));
    const [head, ...rows] = readFileSync(join(samples, 'batch.csv'), 'utf8').trim().split('\n');
    writeFileSync(join(batch, 'batch.csv'),
        [head, ...rows.filter((r) => names.some((n) => r.includes(n)))].join('\n') + '\n');
    ok(run('digitize', batch));
    ok(run('correct', '--by', 'clerk-2', `${volume}/0002/r02`, 'name=Хаджи Крайчо Пробнишки'));
    const scan = readFileSync(join(samples, names[1]));
    const dpi = scan.indexOf(Buffer.from([0x2c, 1, 0, 0, 1, 0, 0, 0])); // 300/1
    scan.writeUInt32LE(600, dpi);
    scan.writeUInt32LE(2, dpi + 4);
    writeFileSync(join(dir, 'again.tif'), scan);
    ok(run('digitize', '--replace', `${volume}/0002`, join(dir, 'again.tif')));
    ok(run('reread', volume));
    ok(run('export', volume, join(dir, 'bag')));
    ok(run('export', volume, '--as', 'ocfl', join(dir, 'ocfl')));
    const [name] = readdirSync(join(dir, 'bag/data'));
    made = { bag: join(dir, 'bag/data', name), ocfl: join(dir, 'ocfl') };
});

const sum = (bytes, kind) => createHash(kind).update(bytes).digest('hex');

function put(path, bytes) {
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
}

// Alter some files, as long as they were, and every digest that is stated of
// them, of those that state it, and so on.
function forge(folder, changes) {
    const replaced = [];
    const files = [...Object.keys(changes), record, premis,
        'representations/master/METS.xml', 'representations/ocr/METS.xml', 'METS.xml'];
    for (const name of new Set(files)) {
        const path = join(folder, name);
        if (!existsSync(path)) continue;
        const old = readFileSync(path);
        let text = old.toString('utf8');
        if (changes[name]) {
            text = changes[name](text);
            const left = old.length - Buffer.byteLength(text);
            assert.ok(left >= 0, `${name} grew by ${-left}`);
            text += ' '.repeat(left);
            assert.notEqual(text, old.toString('utf8'), name);
        }
        for (const [from, to] of replaced) text = text.replaceAll(from, to);
        const bytes = Buffer.from(text);
        assert.equal(bytes.length, old.length);
        if (bytes.equals(old)) continue;
        put(path, bytes);
        for (const kind of ['sha256', 'sha512']) replaced.push([sum(old, kind), sum(bytes, kind)]);
    }
    return replaced;
}

// The same for the newest version of an object.
function forgeObject(object, changes) {
    const head = JSON.parse(readFileSync(join(object, 'inventory.json'), 'utf8')).head;
    const replaced = forge(join(object, head, 'content'), changes);
    for (const part of ['', head]) {
        const path = join(object, part, 'inventory.json');
        const text = replaced.reduce((text, [from, to]) => text.replaceAll(from, to),
            readFileSync(path, 'utf8'));
        put(path, text);
        put(`${path}.sha512`, `${sum(text, 'sha512')} inventory.json\n`);
    }
}

const json = (change) => (text) => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
};
const without = (pattern) => (text) => {
    assert.match(text, pattern);
    return text.replace(pattern, '');
};

function refusal(t, from) {
    const other = makeArchive(t);
    const r = other('import', from, '--json');
    assert.equal(r.status, 4, r.stdout + r.stderr);
    assert.deepEqual(readdirSync(join(other.dir, 'store')).filter((n) => /^[0-9a-f]{3}$/.test(n)), []);
    for (const f of r.json().faults) assert.doesNotMatch(f.message, /\/tmp\//);
    return r.json().faults;
}

describe('a package of ours with right digests', () => {
    const cases = [
        ['PREMIS without a date of an event', 'IMP9', premis, without(/<eventDateTime>.*?<\/eventDateTime>/)],
        ['PREMIS with an element of its own', 'IMP9', premis,
            (x) => x.replace(/<eventType [^>]*>.*?<\/eventType>/, '<eventKind>imaging</eventKind>')],
        ['PREMIS of another version', 'IMP9', premis, (x) => x.replace('version="3.0"', 'version="2.0"')],
        ['PREMIS with a size that is no number', 'IMP9', premis, (x) => x.replace(/<size>\d+/, '<size>big')],
        ['PREMIS that is no XML', 'IMP9', premis, (x) => x.replace('</premis>', '')],
        ['METS with an attribute that it has not', 'IMP9', 'METS.xml', (x) => x.replace('LASTMODDATE=', 'LASTMODDETE=')],
        ['METS with a date that is none', 'IMP9', 'METS.xml', (x) => x.replace(/CREATEDATE="\d{4}/, 'CREATEDATE="year')],
        ['METS of a representation with metadata of no kind', 'IMP9', 'representations/master/METS.xml',
            (x) => x.replace('MDTYPE="NISOIMG"', 'MDTYPE="NISOIMJ"')],
        ['MIX without a width', 'IMP9', mix, without(/<imageWidth>.*?<\/imageWidth>/)],
        ['Dublin Core with an element that is none', 'IMP9', 'metadata/descriptive/dc.xml',
            (x) => x.replace(/dc:title>/g, 'dc:tilte>')],
        ['Dublin Core in another namespace', 'IMP9', 'metadata/descriptive/dc.xml',
            (x) => x.replace('purl.org/dc/terms/', 'purl.org/cd/terms/')],
        ['Dublin Core of another volume', 'IMP9', 'metadata/descriptive/dc.xml',
            (x) => x.replace(/1938-012/g, '1938-013')],
        ['a quality report that is no JSON', 'IMP9', 'metadata/other/quality.json', (x) => x.replace('{', '[')],
        ['a quality report of other pages', 'IMP9', 'metadata/other/quality.json', (x) => x.replace('/0001"', '/0007"')],
        ['a quality report without a measure of its kind', 'IMP9', 'metadata/other/quality.json',
            json((q) => { q.pages[0].measures = 7; })],
        ['a quality report without verdicts', 'IMP9', 'metadata/other/quality.json',
            json((q) => { delete q.pages[1].verdict; })],
        ['a text that is no ALTO', 'IMP9', alto, (x) => x.replace(/alto/g, 'olta')],
        ['records that their schema does not allow', 'IMP9', records, (x) => x.replace(/<records /, '<recodrs ')],
        ['a record without the amendments', 'IMP10', record, json((v) => { delete v.amendments; })],
        ['a record without one of the amendments', 'IMP10', record, json((v) => v.amendments.pop())],
        ['a record without the earlier scans', 'IMP10', record, json((v) => { delete v.superseded; })],
        ['a record without a version', 'IMP10', record, json((v) => v.revisions.splice(1, 1))],
        ['PREMIS without an event', 'IMP10', premis, without(/\n {2}<event>[^]*?<\/event>/)],
    ];
    for (const [name, code, path, change] of cases) {
        test(`${name} does not come in`, (t) => {
            const folder = join(tempDir(t), 'package');
            cpSync(made.bag, folder, { recursive: true });
            forge(folder, { [path]: change });
            assert.equal(tefter('verify', '--eark', folder).status, 0);
            const faults = refusal(t, folder);
            assert.deepEqual([...new Set(faults.map((f) => f.code))], [code], JSON.stringify(faults));
            assert.ok(faults.every((f) => f.path !== ''));
        });
    }

    test('an object that forgets what an earlier version tells does not come in', (t) => {
        const object = join(tempDir(t), 'object');
        cpSync(made.ocfl, object, { recursive: true });
        // PREMIS says nothing of it any more, either.
        forgeObject(object, {
            [record]: json((v) => { v.amendments = v.amendments.filter((a) => a.kind !== 'entry'); }),
            [premis]: without(/\n {2}<event>(?:(?!<\/event>)[^])*entered or corrected by a person[^]*?<\/event>/),
        });
        assert.equal(tefter('verify', '--ocfl', object).status, 0);
        const faults = refusal(t, object);
        assert.deepEqual([...new Set(faults.map((f) => f.code))], ['IMP10'], JSON.stringify(faults));
        assert.ok(faults.some((f) => /'amendments'/.test(f.message)), JSON.stringify(faults));
    });

    test('as it was made it comes in', (t) => {
        for (const from of [made.bag, made.ocfl]) {
            const r = makeArchive(t)('import', from, '--json');
            assert.equal(r.status, 0, r.stdout + r.stderr);
        }
    });
});
